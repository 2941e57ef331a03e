return await Sweeps.Cli.CommandLine.RunAsync(args);
