using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Sweeps.EndToEnd;

/// <summary>What a <see cref="TcpProxy"/> does with bytes.</summary>
internal enum Network
{
    /// <summary>Passes them on.</summary>
    Open,

    /// <summary>Breaks all connections and refuses new ones.</summary>
    Refusing,

    /// <summary>Swallows them: who has sent something waits for an answer until the network is open again, and gets none.</summary>
    Silent,

    /// <summary>Passes them on, late.</summary>
    Slow,
}

/// <summary>The network between an agent with its workers and the head, which can be cut for real.</summary>
internal sealed class TcpProxy : IDisposable
{
    private static readonly TimeSpan Lateness = TimeSpan.FromMilliseconds(150);

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly HashSet<Socket> sockets = [];
    private readonly Lock gate = new();
    private readonly int target;
    private Network network;

    /// <summary>Listens, and forwards to a port of this machine.</summary>
    public TcpProxy(int target)
    {
        this.target = target;
        listener.Start();
        _ = AcceptAsync();
    }

    /// <summary>
    /// A free port for a head that is started again and again: none of those that the system gives to outgoing connections, which could take it
    /// while the head is away.
    /// </summary>
    public static int FixedPort()
    {
        var taken = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Select(end => end.Port).ToHashSet();
        int port;
        do port = Random.Shared.Next(20_000, 32_000);
        while (taken.Contains(port));
        return port;
    }

    public string Url => $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";

    public Network Network
    {
        get
        {
            lock (gate) return network;
        }
        set
        {
            lock (gate)
            {
                // What was swallowed is missing on these connections for good.
                if (value == Network.Refusing || network == Network.Silent) Break();
                network = value;
            }
        }
    }

    public void Dispose()
    {
        listener.Stop();
        lock (gate) Break();
    }

    private void Break()
    {
        foreach (var socket in sockets) Reset(socket);
        sockets.Clear();
    }

    private static void Reset(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // It is gone already.
        }
        socket.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await listener.AcceptSocketAsync());
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var head = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            lock (gate)
            {
                if (network == Network.Refusing)
                {
                    Reset(client);
                    return;
                }
                sockets.Add(client);
                sockets.Add(head);
            }
            await head.ConnectAsync(IPAddress.Loopback, target);
            await Task.WhenAny(PumpAsync(client, head), PumpAsync(head, client));
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Broken, or nobody listens there.
        }
        finally
        {
            lock (gate)
            {
                sockets.Remove(client);
                sockets.Remove(head);
            }
            Reset(client);
            Reset(head);
        }
    }

    private async Task PumpAsync(Socket from, Socket to)
    {
        var buffer = new byte[16384];
        try
        {
            while (await from.ReceiveAsync(buffer) is var count and > 0)
            {
                var now = Network;
                if (now == Network.Silent) continue;
                if (now == Network.Slow) await Task.Delay(Lateness);
                for (var sent = 0; sent < count;) sent += await to.SendAsync(buffer.AsMemory(sent, count - sent));
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The other direction ends with it.
        }
    }
}
