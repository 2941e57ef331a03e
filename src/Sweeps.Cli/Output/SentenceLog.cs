using Microsoft.Extensions.Logging;

namespace Sweeps.Cli.Output;

/// <summary>Log messages of this program on standard error, a line each; of its libraries only what goes wrong.</summary>
internal sealed class SentenceLog : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new Lines(categoryName.StartsWith("Sweeps.", StringComparison.Ordinal) ? LogLevel.Information : LogLevel.Error);

    public void Dispose() { }

    private sealed class Lines(LogLevel least) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= least && logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) Console.Error.WriteLine($"{formatter(state, exception)}{(exception is null ? "." : ": " + exception.Message)}");
        }
    }
}
