using Benchmarks;

// Benchmarks                              everything, as a table (medians of alternating runs)
// Benchmarks step | binding | startup     one of them
// Benchmarks child threads=N ...          one measured process of "step"; prints JSON
switch (args.FirstOrDefault() ?? "all")
{
    case "child":
        Console.WriteLine(TrainingStep.Run(args.Skip(1)));
        return 0;
    case "all": return Step() | Binding.Run() | Startup.Run();
    case "step": return Step();
    case "binding": return Binding.Run();
    case "startup": return Startup.Run();
    default:
        Console.Error.WriteLine($"There is no benchmark {args[0]}; choose all, step, binding or startup.");
        return 2;
}

static int Step() => AgainstPyTorch.Run() & FutureTokens.Run() ? 0 : 1;
