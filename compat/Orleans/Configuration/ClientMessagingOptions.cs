namespace Orleans.Configuration;

/// <summary>Options of calls from clients in other processes; they have no effect where the client and the grains share a process.</summary>
public class ClientMessagingOptions : MessagingOptions;
