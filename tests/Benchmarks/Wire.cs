using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Benchmarks;

/// <summary>
/// One kept-alive HTTP/1.1 connection to a head on this machine, which posts JSON. It takes a fifth of HttpClient's processor time, so that
/// a thousand agents leave most of the machine to the head that they measure.
/// </summary>
internal sealed class Wire : IDisposable
{
    private static readonly byte[] Break = "\r\n"u8.ToArray();

    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly Uri head;
    private byte[] buffer = new byte[8192];
    private int start, end;

    private Wire(Uri head) => this.head = head;

    internal static async Task<Wire> ConnectAsync(Uri head)
    {
        var wire = new Wire(head);
        await wire.socket.ConnectAsync(IPAddress.Loopback, head.Port);
        return wire;
    }

    /// <summary>Posts, and returns the answer's body, which is valid until the next one.</summary>
    /// <exception cref="InvalidOperationException">The status is none of success.</exception>
    internal async Task<ReadOnlyMemory<byte>> PostAsync(string path, ReadOnlyMemory<byte> body, string? token = null, string type = "application/json")
    {
        var request = new byte[512 + body.Length];
        var length = Encoding.ASCII.GetBytes(
            $"POST {path} HTTP/1.1\r\nHost: {head.Authority}\r\nContent-Type: {type}\r\nContent-Length: {body.Length}\r\n{(token is null ? "" : $"Authorization: Bearer {token}\r\n")}\r\n", request);
        body.CopyTo(request.AsMemory(length));
        await SendAsync(request.AsMemory(0, length + body.Length));
        var (status, contentLength) = await HeadersAsync();
        var answer = contentLength is { } known ? await TakeAsync(known) : await ChunksAsync();
        return status is >= 200 and < 300 ? answer : throw new InvalidOperationException($"{path} answered {status}: {Encoding.UTF8.GetString(answer.Span)}");
    }

    public void Dispose() => socket.Dispose();

    private async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0) bytes = bytes[await socket.SendAsync(bytes)..];
    }

    /// <summary>Status, and the body's length where it is given: else the body is chunked.</summary>
    private async Task<(int Status, int? Length)> HeadersAsync()
    {
        var (status, length) = (0, (int?)null);
        while (true)
        {
            var line = await LineAsync();
            if (line.Length == 0) return (status, status == 204 ? 0 : length);
            if (status == 0) Utf8Parser.TryParse(line.Span[9..], out status, out _);
            else if (line.Length > 16 && Ascii.EqualsIgnoreCase(line.Span[..16], "content-length: "u8) && Utf8Parser.TryParse(line.Span[16..], out int found, out _)) length = found;
        }
    }

    private async Task<ReadOnlyMemory<byte>> ChunksAsync()
    {
        var body = new List<byte>();
        while (true)
        {
            Utf8Parser.TryParse((await LineAsync()).Span, out int length, out _, 'X');
            body.AddRange((await TakeAsync(length)).Span);
            await LineAsync();
            if (length == 0) return body.ToArray();
        }
    }

    private async Task<ReadOnlyMemory<byte>> LineAsync()
    {
        int length;
        while ((length = buffer.AsSpan(start, end - start).IndexOf(Break)) < 0) await ReceiveAsync();
        var line = buffer.AsMemory(start, length);
        start += length + Break.Length;
        return line;
    }

    private async Task<ReadOnlyMemory<byte>> TakeAsync(int length)
    {
        while (end - start < length) await ReceiveAsync();
        start += length;
        return buffer.AsMemory(start - length, length);
    }

    private async Task ReceiveAsync()
    {
        // What was returned before lies before the start and may be overwritten from now on.
        if (start > 0) buffer.AsSpan(start, end - start).CopyTo(buffer);
        (start, end) = (0, end - start);
        if (end == buffer.Length) Array.Resize(ref buffer, 2 * buffer.Length);
        var received = await socket.ReceiveAsync(buffer.AsMemory(end));
        end += received > 0 ? received : throw new InvalidOperationException("The head has closed the connection.");
    }
}
