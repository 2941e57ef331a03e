using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Sweeps.Core.Gpt;
using Sweeps.Training.Data;

namespace Sweeps.Training.Tests;

public sealed class DownloadTests : IDisposable
{
    private static readonly byte[] Content = Encoding.UTF8.GetBytes("<mediawiki> some text </mediawiki>");
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("sweeps-download-");
    private readonly HttpListener server = new();
    private readonly Dictionary<string, byte[]> files = [];
    private readonly string address;
    private int requests;

    public DownloadTests()
    {
        address = $"http://127.0.0.1:{FreePort()}/";
        server.Prefixes.Add(address);
        server.Start();
        _ = Serve();
    }

    public void Dispose()
    {
        server.Close();
        directory.Delete(recursive: true);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_is_fetched_once_and_checked(bool zip)
    {
        files["/it"] = zip ? Zip("it") : Content;
        var download = Of(zip);
        for (var i = 0; i < 2; i++) Assert.Equal(Content, File.ReadAllBytes(download.Get(directory.FullName)));
        Assert.Equal(1, requests);
        Assert.Equal(["it"], directory.GetFiles().Select(f => f.Name));
    }

    [Fact]
    public void An_archive_that_somebody_put_there_is_unpacked()
    {
        File.WriteAllBytes(Path.Combine(directory.FullName, "it.zip"), Zip("it"));
        Assert.Equal(Content, File.ReadAllBytes(Of(zip: true).Get(directory.FullName)));
        Assert.Equal(0, requests);
    }

    [Fact]
    public void Another_file_than_expected_is_refused()
    {
        files["/it"] = [1, 2, 3];
        Assert.Contains("is not it: its SHA-256 is", Refusal(Of(zip: false)));
    }

    [Fact]
    public void An_archive_without_the_file_is_refused()
    {
        files["/it"] = Zip("something else");
        Assert.Contains("has no it in it", Refusal(Of(zip: true)));
        Assert.Empty(directory.GetFiles());
    }

    [Theory]
    [InlineData(false, "it")]
    [InlineData(true, "it.zip")]
    public void Offline_the_message_says_which_file_to_put_where(bool zip, string file)
    {
        server.Stop();
        Assert.Contains($"put {address}it at {Path.Combine(directory.FullName, file)}, or set SWEEPS_DATA", Refusal(Of(zip)));
        Assert.Empty(directory.GetFiles());
    }

    [Fact]
    public void A_wrong_enwik8_is_refused_and_named()
    {
        File.WriteAllBytes(Path.Combine(directory.FullName, "enwik8"), Content);
        var error = Assert.Throws<TrainingException>(() => DataSets.Open(new TrainingOptions { Data = "enwik8" }, directory.FullName, 1));
        Assert.Contains("is not enwik8: its SHA-256 is", error.Message);
    }

    [Fact]
    public void Enwik8_is_a_hundred_million_bytes()
    {
        var path = SharedData.Directory("enwik8");
        Assert.SkipWhen(path is null, "enwik8 is not on this machine; set SWEEPS_DATA to its directory.");
        using var data = DataSets.Open(new TrainingOptions { Data = "enwik8" }, path, 1);
        Assert.Equal(256, data.Vocabulary);
        Assert.Equal(100_000_000, new FileInfo(Path.Combine(path, "enwik8")).Length);
    }

    private static int FreePort()
    {
        using var socket = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }

    private static byte[] Zip(string name)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create))
        using (var entry = zip.CreateEntry(name).Open()) entry.Write(Content);
        return stream.ToArray();
    }

    private Download Of(bool zip) => new()
    {
        Name = "it", Url = address + "it", FileName = "it", IsZip = zip, Sha256 = Convert.ToHexStringLower(SHA256.HashData(Content)),
    };

    private string Refusal(Download download) => Assert.Throws<TrainingException>(() => download.Get(directory.FullName)).Message;

    private async Task Serve()
    {
        while (server.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await server.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
            requests++;
            if (files.TryGetValue(context.Request.Url!.AbsolutePath, out var content)) await context.Response.OutputStream.WriteAsync(content);
            else context.Response.StatusCode = 404;
            context.Response.Close();
        }
    }
}
