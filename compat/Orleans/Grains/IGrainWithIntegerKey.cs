namespace Orleans;

/// <summary>Marks a grain interface whose key is an integer.</summary>
public interface IGrainWithIntegerKey : IGrain;
