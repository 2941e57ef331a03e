using Sweeps.Core.Search;
using Sweeps.Core.SweepFiles;

namespace Sweeps.Core.Tests.SweepFiles;

public sealed class MutationTests
{
    private static readonly string[] Files = [MutatedFiles.Everything, MutatedFiles.Command, .. ExperimentTests.Texts()];

    [Fact]
    public void The_file_with_everything_is_a_sweep() =>
        Assert.Equal((6, 12), (SweepPlan.Of(SweepFile.Parse(MutatedFiles.Everything, "a.yaml")).Configurations.Length, SweepPlan.Of(SweepFile.Parse(MutatedFiles.Everything, "a.yaml")).Runs.Length));

    [Fact]
    public void A_damaged_file_is_a_plan_or_has_errors_with_a_place() => Properties.Hold(MutatedFiles.From(Files), IsPlanOrHasErrors, tests: 1500);

    [Fact]
    [Trait("Speed", "Slow")]
    public void Ten_thousand_damaged_files_are_plans_or_have_errors_with_a_place() => Properties.Hold(MutatedFiles.From(Files), IsPlanOrHasErrors, tests: 10_000);

    private static bool IsPlanOrHasErrors(string text)
    {
        try
        {
            var spec = SweepFile.Parse(text, "a.yaml");
            var plan = SweepPlan.Of(spec);
            return plan.Configurations.Length > 0 && plan.Runs.Length >= plan.Configurations.Length && plan.Runs.All(run => run.Steps > 0 == spec.Command is null)
                && plan.Configurations.Select(configuration => configuration.Hash).Distinct().Count() == plan.Configurations.Length;
        }
        catch (SweepFileException exception)
        {
            var lines = 1 + text.Count(letter => letter is '\n' or '\r' or '\u0085' or '\u2028' or '\u2029'); // YAML 1.1's line breaks
            return exception.Errors.Count > 0 && exception.Errors.All(error => error.Line >= 1 && error.Line <= lines + 1 && error.Column >= 1 && error.Message.Length > 0);
        }
    }
}
