using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Sweeps.Core;
using Sweeps.Core.Protocol;
using Sweeps.Orchestration.Grains;

namespace Sweeps.Orchestration.Agents;

/// <summary>Carries an agent's reports to a head in another process: <c>POST /api/machines/{id}/sync</c>.</summary>
public sealed class HeadConnection : IDisposable
{
    // Less than a lease: what a cut has swallowed is noticed while there is time for another try.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(6);

    private readonly HttpClient http;
    private readonly string path;
    private readonly Func<string?> token;

    /// <summary>A connection for one machine.</summary>
    /// <param name="head">Where the head listens.</param>
    /// <param name="machineId">The machine's name.</param>
    /// <param name="token">Reads the token of the agent, for each report; nothing where the head wants none.</param>
    public HeadConnection(Uri head, string machineId, Func<string?>? token = null)
    {
        this.token = token ?? (() => null);
        path = $"/api/machines/{machineId}/sync";
        http = new HttpClient(HeadHttp.CreateHandler()) { BaseAddress = head, Timeout = Patience };
    }

    /// <summary>Reports, and returns the orders.</summary>
    /// <exception cref="HttpRequestException">The head was not reached or did not accept the report; try again.</exception>
    public async Task<MachineOrders> SyncAsync(MachineReport report)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(report, options: Json.Options) };
        if (token() is { } bearer) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        using var response = await http.SendAsync(request);
        if (!response.IsSuccessStatusCode)
            throw new HttpRequestException($"{http.BaseAddress}{path[1..]} answered {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
        return await response.Content.ReadFromJsonAsync<MachineOrders>(Json.Options) ?? throw new HttpRequestException("The head's answer is empty.");
    }

    /// <summary>Sends a part of a worker's log.</summary>
    /// <returns>Bytes of the log that the head has, or the largest number when it wants none of it.</returns>
    /// <exception cref="HttpRequestException">The head was not reached or did not accept it; try again.</exception>
    public async Task<long> SendLogAsync(LogPart part)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"/api/attempts/{part.Attempt}/logs?offset={part.Offset}");
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new ReadOnlyMemoryContent(part.Bytes), Headers = { Authorization = new AuthenticationHeaderValue("Bearer", part.Token) },
        };
        using var response = await http.SendAsync(request);
        // An attempt that the head does not know any more has no log there.
        if ((int)response.StatusCode is >= 400 and < 500 and not ((int)HttpStatusCode.RequestTimeout or (int)HttpStatusCode.TooManyRequests)) return long.MaxValue;
        return response.IsSuccessStatusCode && await response.Content.ReadFromJsonAsync<LogReceipt>(Json.Options) is { } receipt ? receipt.Bytes
            : throw new HttpRequestException($"{http.BaseAddress}{path[1..]} answered {(int)response.StatusCode}.");
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();
}
