using Sweeps.Results.Access;

namespace Sweeps.Head.Api;

/// <summary>What who asks may do here: <c>GET /api/session</c>.</summary>
/// <param name="IsOpen">Whether no token is needed.</param>
/// <param name="Role">Of the token that was sent or logged in with, <c>admin</c> where none is needed; null before the login.</param>
/// <param name="Name">Of the token.</param>
/// <param name="MayStartCommands">Whether sweeps of programs, and files outside of the data directory, may be submitted.</param>
/// <param name="ExpiresAt">When the session or the token ends; null for not by itself.</param>
public sealed record SessionView(bool IsOpen, TokenRole? Role, string? Name, bool MayStartCommands, DateTimeOffset? ExpiresAt);

/// <summary>Body of <c>POST /api/session</c>.</summary>
/// <param name="Token">A token.</param>
public sealed record Login(string Token);
