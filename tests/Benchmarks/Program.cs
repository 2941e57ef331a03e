using System.Globalization;
using Benchmarks;

// Benchmarks                              everything, as a table (medians of alternating runs)
// Benchmarks step | binding | startup | plan     one of them
// Benchmarks child --threads N ...        one measured process of "step"; prints JSON
switch (args.FirstOrDefault() ?? "all")
{
    case "child":
        Console.WriteLine(TrainingStep.Run(args.Skip(1).Chunk(2).ToDictionary(p => p[0].TrimStart('-'), p => int.Parse(p[1], CultureInfo.InvariantCulture))));
        return 0;
    case "all": return AgainstPyTorch.Run() | Binding.Run() | Startup.Run() | Planning.Run();
    case "step": return AgainstPyTorch.Run();
    case "binding": return Binding.Run();
    case "startup": return Startup.Run();
    case "plan": return Planning.Run();
    default:
        Console.Error.WriteLine($"There is no benchmark {args[0]}; choose all, step, binding, startup or plan.");
        return 2;
}
