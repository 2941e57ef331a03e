using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Sweeps.Cli.Output;

/// <summary>Log messages of this program on standard error, a line each; its libraries throw what is to be said.</summary>
internal sealed class SentenceLog : ILoggerProvider
{
    /// <summary>A logger for a part that is made before there is anything that makes loggers.</summary>
    public static ILogger<T> Create<T>() => new LoggerFactory([new SentenceLog()]).CreateLogger<T>();

    public ILogger CreateLogger(string categoryName) => categoryName.StartsWith("Sweeps.", StringComparison.Ordinal) ? new Lines() : NullLogger.Instance;

    public void Dispose() { }

    private sealed class Lines : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel is >= LogLevel.Information and not LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) Console.Error.WriteLine($"{formatter(state, exception)}{(exception is null ? "." : ": " + exception.Message)}");
        }
    }
}
