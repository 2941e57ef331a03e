using Sweeps.Core.SweepFiles;

namespace Sweeps.Core.Tests.SweepFiles;

public sealed class SweepFileEditTests
{
    private const string File = """
        # a comment
        parameters:
          untie_at: {values: [never, 0.5]}   # seeds: 7
          steps:
            value: 1_000  # not many
        method: grid
        seeds: 2   # few
        """;

    [Fact]
    public void One_number_changes_and_all_else_stays_as_it_was_written()
    {
        Assert.Equal(File.Replace("seeds: 2", "seeds: 12"), SweepFileEdit.WithSeeds(File, "a.yaml", 12));
        Assert.Equal(File.Replace("1_000", "2500"), SweepFileEdit.WithSteps(File, "a.yaml", 2500));
        Assert.Equal("method: grid\nparameters: {heads: {value: 1}}\nseeds: 3\n", SweepFileEdit.WithSeeds("method: grid\nparameters: {heads: {value: 1}}", "a.yaml", 3));
        Assert.Equal("{method: grid, seeds: 3, parameters: {steps: {value: 20}}}", SweepFileEdit.WithSeeds("{method: grid, seeds: 1, parameters: {steps: {value: 20}}}", "a.yaml", 3));
    }

    [Fact]
    public void Seeds_that_follow_from_results_are_not_changed() => Assert.StartsWith("a.yaml:3:1: the seeds of this sweep follow from its results", Assert.Single(
        Assert.Throws<SweepFileException>(() => SweepFileEdit.WithSeeds("method: grid\nparameters: {heads: {values: [1, 2]}}\nseeds: {min: 2, max: 4, until: p < 0.01}\n", "a.yaml", 9)).Errors).ToString());

    [Theory]
    [InlineData("method: grid\nparameters: {heads: {value: 1}}", "a.yaml:2:1")]
    [InlineData("method: grid\nparameters:\n  steps: {values: [100, 200]}", "a.yaml:2:1")]
    public void Steps_that_are_not_one_number_are_not_changed(string file, string place)
    {
        var error = Assert.Single(Assert.Throws<SweepFileException>(() => SweepFileEdit.WithSteps(file, "a.yaml", 300)).Errors).ToString();
        Assert.StartsWith(place, error);
        Assert.Contains("sweeps extend ID FILE", error);
    }

    [Fact]
    public void A_number_that_the_trainer_refuses_is_its_error() =>
        Assert.Contains("untie_at", Assert.Throws<SweepFileException>(() =>
            SweepFileEdit.WithSteps("method: grid\nparameters: {steps: {value: 100}, untie_at: {value: 80}}", "a.yaml", 50)).Errors[0].ToString());
}
