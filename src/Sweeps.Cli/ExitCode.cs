namespace Sweeps.Cli;

/// <summary>Exit codes of the command; the README lists them.</summary>
public static class ExitCode
{
    /// <summary>Done; for <c>run</c>: every run completed.</summary>
    public const int Ok = 0;

    /// <summary>The sweep ended, but runs of it failed.</summary>
    public const int RunsFailed = 1;

    /// <summary>The command line cannot be understood.</summary>
    public const int Usage = 2;

    /// <summary>A sweep file, a data file, the id of a sweep or the name of a nightly job is wrong or missing, or the sweep has ended.</summary>
    public const int BadInput = 3;

    /// <summary>The database is in use, newer than this program, or damaged.</summary>
    public const int Database = 4;

    /// <summary>A disk is full or a directory cannot be written.</summary>
    public const int Storage = 5;

    /// <summary>A part of the installation is missing: the worker or libtorch.</summary>
    public const int Installation = 6;

    /// <summary>No head is running on this home, or a head or agent cannot begin because another one has its port or name.</summary>
    public const int Head = 7;

    /// <summary>An error that this program does not know.</summary>
    public const int Internal = 70;

    /// <summary>Paused by Ctrl-C or SIGTERM; the same command resumes.</summary>
    public const int Stopped = 130;
}
