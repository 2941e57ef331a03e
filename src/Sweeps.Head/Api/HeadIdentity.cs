namespace Sweeps.Head.Api;

/// <summary>Tells one head from another that listens, or has listened, at the same address: <c>GET /api/head</c>.</summary>
/// <param name="Id">Drawn when the head starts.</param>
public sealed record HeadIdentity(string Id);
