using Benchmarks;

var numbers = args.Skip(1).Chunk(2).ToDictionary(p => p[0].TrimStart('-'), p => int.Parse(p[1], System.Globalization.CultureInfo.InvariantCulture));
Console.WriteLine(TrainingStep.Run(numbers));
