using System.Globalization;
using Benchmarks;

// Benchmarks                              everything, as a table (medians of alternating runs)
// Benchmarks step | binding | startup | plan
//                                         one of them
// Benchmarks samplers [AT_ONCE]           how good the searches are, with so many configurations at once (1)
// Benchmarks child --threads N ...        one measured process of "step"; prints JSON
// Benchmarks plan-child NAME              one measured process of "plan"; prints JSON
switch (args.FirstOrDefault() ?? "all")
{
    case "child":
        Console.WriteLine(TrainingStep.Run(args.Skip(1).Chunk(2).ToDictionary(p => p[0].TrimStart('-'), p => int.Parse(p[1], CultureInfo.InvariantCulture))));
        return 0;
    case "plan-child":
        Console.WriteLine(Planning.Child(args[1]));
        return 0;
    case "all": return AgainstPyTorch.Run() | Binding.Run() | Startup.Run() | Planning.Run();
    case "step": return AgainstPyTorch.Run();
    case "binding": return Binding.Run();
    case "startup": return Startup.Run();
    case "plan": return Planning.Run();
    case "samplers": return Samplers.Run(args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 1);
    default:
        Console.Error.WriteLine($"There is no benchmark {args[0]}; choose all, step, binding, startup, plan or samplers.");
        return 2;
}
