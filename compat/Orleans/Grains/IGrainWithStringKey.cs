namespace Orleans;

/// <summary>Marks a grain interface whose key is a text.</summary>
public interface IGrainWithStringKey : IGrain;
