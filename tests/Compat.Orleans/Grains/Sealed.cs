namespace Compat.Orleans.Grains;

[GenerateSerializer, Immutable]
public sealed class Sealed
{
    [Id(0)] public List<int> Numbers { get; init; } = [];
}
