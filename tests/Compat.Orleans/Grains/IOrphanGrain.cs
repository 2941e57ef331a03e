namespace Compat.Orleans.Grains;

/// <summary>No class implements it.</summary>
public interface IOrphanGrain : IGrainWithStringKey;
