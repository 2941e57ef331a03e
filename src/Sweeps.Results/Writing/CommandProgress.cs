namespace Sweeps.Results.Writing;

/// <summary>How far an attempt of a command is.</summary>
/// <param name="FirstStep">Step of its first point; null before there is one.</param>
/// <param name="SecondsBefore">Training seconds of earlier attempts before that point.</param>
internal sealed record CommandProgress(int? FirstStep, double SecondsBefore);
