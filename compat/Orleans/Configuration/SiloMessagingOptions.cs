namespace Orleans.Configuration;

/// <summary>Options of calls that start in the process that hosts the grains: from grains and from <see cref="IClusterClient"/>.</summary>
public class SiloMessagingOptions : MessagingOptions;
