using System.Net;
using Microsoft.AspNetCore.Http;

namespace Sweeps.Head.Access;

/// <summary>
/// The names under which the head is to be found. A page in a user's browser that gets another name resolved to the head's address (DNS rebinding)
/// sends that name, and is refused; an address that is written as one cannot be rebound.
/// </summary>
/// <param name="isRemote">Whether other machines reach the head.</param>
/// <param name="names">Names beside those of the loopback interface and of this machine.</param>
internal sealed class HostNames(bool isRemote, IReadOnlyCollection<string> names)
{
    private readonly HashSet<string> known = new(isRemote ? [.. names, "localhost", Environment.MachineName] : [.. names, "localhost"], StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a request is meant for this head.</summary>
    public bool Has(HostString host)
    {
        // Without a name it is not from a browser.
        if (!host.HasValue || known.Contains(host.Host)) return true;
        return IPAddress.TryParse(host.Host, out var address) && (isRemote || IPAddress.IsLoopback(address));
    }
}
