namespace Orleans.Serialization;

/// <summary>Copies an object of one type.</summary>
internal delegate object ObjectCopy(object source, CopyContext context);
