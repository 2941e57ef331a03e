using System.Globalization;
using Benchmarks;

// Benchmarks                              everything, as a table (medians of alternating runs)
// Benchmarks step | binding | startup | plan | claims | storage | api
//                                         one of them
// Benchmarks storage postgres://USER@HOST/DATABASE
//                                         the same on a PostgreSQL server, in databases of its own that it makes by this one
// Benchmarks small | larger | future      a part of "step": nanoGPT's CPU model, a larger one, predicting several tokens
// Benchmarks agents [AGENTS [SECONDS]]   a head with so many simulated agents (1000), measured so long (60)
// Benchmarks headline [SEEDS]             a whole sweep (4 seeds) against a script of PyTorch, with the share of each reason; some 20 minutes
// Benchmarks samplers [AT_ONCE]           how good the searches are, with so many configurations at once (1)
// Benchmarks child threads=N ...          one measured process of "step"; prints JSON
// Benchmarks plan-child NAME              one measured process of "plan"; prints JSON
// Benchmarks claims-child CONFIGURATIONS MACHINES CYCLES
//                                         one measured process of "claims"; prints JSON
// Benchmarks storage-child RUNS POINTS [ADDRESS]
//                                         one measured process of "storage"; prints JSON
// Benchmarks api-child                    one measured process of "api"; prints JSON
switch (args.FirstOrDefault() ?? "all")
{
    case "child":
        Console.WriteLine(TrainingStep.Run(args.Skip(1)));
        return 0;
    case "plan-child":
        Console.WriteLine(Planning.Child(args[1]));
        return 0;
    case "claims-child":
        Console.WriteLine(await Claims.ChildAsync(Number(args[1]), Number(args[2]), Number(args[3])));
        return 0;
    case "storage-child":
        Console.WriteLine(await Storage.ChildAsync(Number(args[1]), Number(args[2]), args.ElementAtOrDefault(3)));
        return 0;
    case "api-child":
        Console.WriteLine(await Api.ChildAsync());
        return 0;
    case "all": return Step() | Binding.Run() | Startup.Run() | Planning.Run() | Claims.Run() | Storage.Run() | Api.Run();
    case "step": return Step();
    case "small": return AgainstPyTorch.Run() ? 0 : 1;
    case "larger": return AgainstPyTorch.RunLarger() ? 0 : 1;
    case "future": return FutureTokens.Run() ? 0 : 1;
    case "binding": return Binding.Run();
    case "startup": return Startup.Run();
    case "plan": return Planning.Run();
    case "claims": return Claims.Run();
    case "storage": return Storage.Run(args.ElementAtOrDefault(1));
    case "api": return Api.Run();
    case "agents": return await Agents.RunAsync(args.Length > 1 ? Number(args[1]) : 1000, args.Length > 2 ? Number(args[2]) : 60);
    case "headline": return Headline.Run(args.Length > 1 ? Number(args[1]) : 4);
    case "samplers": return Samplers.Run(args.Length > 1 ? Number(args[1]) : 1);
    default:
        Console.Error.WriteLine($"There is no benchmark {args[0]}; choose all, step, small, larger, future, binding, startup, plan, claims, storage, api, agents, headline or samplers.");
        return 2;
}

static int Step() => AgainstPyTorch.Run() & AgainstPyTorch.RunLarger() & FutureTokens.Run() ? 0 : 1;

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
