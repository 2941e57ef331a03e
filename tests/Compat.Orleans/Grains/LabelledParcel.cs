namespace Compat.Orleans.Grains;

[GenerateSerializer]
public sealed record LabelledParcel(string Name, List<string> Items, Guid Label) : Parcel(Name, Items);
