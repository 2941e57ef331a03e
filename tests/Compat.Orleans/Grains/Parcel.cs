namespace Compat.Orleans.Grains;

[GenerateSerializer]
public record Parcel(string Name, List<string> Items)
{
    [Id(0)] public Dictionary<string, double[]> Numbers { get; init; } = [];

    [Id(1)] public Parcel? Inner { get; set; }

    public int Count => Items.Count;
}
