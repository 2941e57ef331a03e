using System.Net;
using System.Net.Sockets;

namespace Sweeps.Head.Access;

/// <summary>
/// Counts wrong tokens by the address that they come from. Who has a right one is never slowed, whatever others behind the same address do:
/// tokens are too long to be guessed, and the limit only keeps those that try from filling logs and taking processor time.
/// </summary>
internal sealed class FailedTries(TimeProvider time)
{
    /// <summary>Wrong tokens that an address may send in <see cref="Window"/>.</summary>
    public const int Most = 10;

    /// <summary>Addresses that are remembered; beyond that the one of the oldest window is forgotten.</summary>
    public const int MostAddresses = 4096;

    /// <summary>How long they are counted.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private readonly Dictionary<IPAddress, (long Since, int Count)> tries = [];
    private readonly Queue<(IPAddress Address, long Since)> order = [];

    /// <summary>Addresses that are remembered now.</summary>
    public int Addresses
    {
        get
        {
            lock (gate) return tries.Count;
        }
    }

    /// <summary>Counts a wrong token.</summary>
    /// <returns>Null while there may be more; else the time after which the address may try again.</returns>
    public TimeSpan? Count(IPAddress? address)
    {
        var from = Network(address ?? IPAddress.None);
        var now = time.GetTimestamp();
        lock (gate)
        {
            if (tries.TryGetValue(from, out var found) && time.GetElapsedTime(found.Since, now) < Window)
            {
                tries[from] = found with { Count = found.Count + 1 };
                return found.Count < Most ? null : Window - time.GetElapsedTime(found.Since, now);
            }
            tries[from] = (now, 1);
            order.Enqueue((from, now));
            while (order.Count > 0 && (tries.Count > MostAddresses || time.GetElapsedTime(order.Peek().Since, now) >= Window))
            {
                var oldest = order.Dequeue();
                if (tries.TryGetValue(oldest.Address, out var entry) && entry.Since == oldest.Since) tries.Remove(oldest.Address);
            }
            return null;
        }
    }

    // One customer has at least a /64 of IPv6 (RFC 6177).
    private static IPAddress Network(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address;
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }
}
