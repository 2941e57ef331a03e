using Sweeps.Core.Gpt;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Sweeps.Training.Tests;

public sealed class UntyingTests
{
    private const int Vocabulary = 20;

    private static readonly TrainingOptions Small = new() { Layers = 2, AttentionHeads = 2, Width = 16, Context = 8, BatchSize = 4 };

    [Fact]
    public void Untying_does_not_change_the_loss_of_its_step()
    {
        using var model = new Gpt(Small, Vocabulary);
        using var batch = TestBatches.Random(Small, Vocabulary);
        var before = FutureTokenLoss.NextToken(model, batch).item<float>();
        model.Untie();
        Assert.False(model.IsTied);
        Assert.Equal(before, FutureTokenLoss.NextToken(model, batch).item<float>());
    }

    [Fact]
    public void The_step_after_untying_moves_the_tables_apart()
    {
        using var model = new Gpt(Small, Vocabulary);
        using var optimizer = new AdamW(model.named_parameters(), 0.9, 0.99, 0);
        using var batch = TestBatches.Random(Small, Vocabulary);
        Step(model, optimizer, batch);
        optimizer.AddCopyOf(model.Output, "embedding", model.Untie());

        var (output, embedding) = (optimizer.States[0], optimizer.States[^1]);
        Assert.Same(model.Output, output.Parameter);
        Assert.Same(model.Embedding, embedding.Parameter);
        Assert.Equal(Values(output.ExpAvg), Values(embedding.ExpAvg));
        Assert.Equal(Values(output.ExpAvgSq), Values(embedding.ExpAvgSq));
        Assert.Equal((1, 1), (output.Steps, embedding.Steps));
        Assert.Equal(Values(model.Output), Values(model.Embedding));

        Step(model, optimizer, batch);
        Assert.NotEqual(Values(model.Output), Values(model.Embedding));
        Assert.NotEqual(Values(output.ExpAvg), Values(embedding.ExpAvg));
    }

    [Fact]
    public void Embedding_rows_absent_from_the_batch_have_no_gradient()
    {
        using var model = new Gpt(Small, Vocabulary);
        model.Untie();
        using var batch = new Batch(Enumerable.Range(0, 4 * 9).Select(i => (long)(i % 5)).ToArray(), 4, 8, 1);
        FutureTokenLoss.Backward(model, batch, Small, [1]);
        var rows = Values(model.Embedding.grad!).Chunk(Small.Width).ToArray();
        for (var symbol = 0; symbol < Vocabulary; symbol++) Assert.Equal(symbol < 5, rows[symbol].Any(g => g != 0));
        Assert.All(Values(model.Output.grad!).Chunk(Small.Width), row => Assert.Contains(row, g => g != 0));
    }

    [Fact]
    public void A_gradient_that_no_step_has_acted_on_is_both_tables()
    {
        using var model = new Gpt(Small, Vocabulary);
        using var optimizer = new AdamW(model.named_parameters(), 0.9, 0.99, 0);
        using var batch = TestBatches.Random(Small, Vocabulary);
        FutureTokenLoss.Backward(model, batch, Small, [1]);
        optimizer.Hold();
        optimizer.AddCopyOf(model.Output, "embedding", model.Untie());
        Assert.Equal(Values(optimizer.States[0].Pending!), Values(optimizer.States[^1].Pending!));
    }

    // Untied from the start or later, also between two steps whose gradients AdamW adds up.
    [Theory]
    [InlineData(1, 0)]
    [InlineData(1, 25)]
    [InlineData(2, 24)]
    [InlineData(2, 25)]
    public void Tied_training_equals_two_tables_with_added_gradients(int adamEvery, int untieAt)
    {
        set_default_dtype(float64);
        try
        {
            using var tied = new Gpt(Small, Vocabulary);
            using var tiedOptimizer = new AdamW(tied.named_parameters(), 0.9, 0.99, 0.1);
            using var two = new Gpt(Small, Vocabulary);
            using var twoOptimizer = new AdamW(two.named_parameters(), 0.9, 0.99, 0.1);
            for (var step = 0; step < 50; step++)
            {
                using var batch = TestBatches.Random(Small, Vocabulary, seed: (ulong)step);
                if (step == untieAt) twoOptimizer.AddCopyOf(two.Output, "embedding", two.Untie());
                var (tiedLoss, _) = FutureTokenLoss.Backward(tied, batch, Small, [1]);
                var (twoLoss, _) = FutureTokenLoss.Backward(two, batch, Small, [1]);
                if (!two.IsTied)
                {
                    var sum = two.Output.grad! + two.Embedding.grad!;
                    two.Output.grad = sum;
                    two.Embedding.grad = sum.clone();
                }
                foreach (var optimizer in new[] { tiedOptimizer, twoOptimizer })
                {
                    if ((step + 1) % adamEvery == 0) optimizer.Step(1e-3);
                    else optimizer.Hold();
                }
                Assert.Equal(tiedLoss.item<double>(), twoLoss.item<double>(), 1e-6);
            }
            var (a, b) = (tied.Output.data<double>().ToArray(), two.Embedding.data<double>().ToArray());
            for (var i = 0; i < a.Length; i++) Assert.Equal(a[i], b[i], 1e-6);
        }
        finally
        {
            set_default_dtype(float32);
        }
    }

    private static void Step(Gpt model, AdamW optimizer, Batch batch)
    {
        FutureTokenLoss.Backward(model, batch, Small, [1]);
        optimizer.Step(1e-2);
    }

    private static float[] Values(Tensor tensor) => tensor.data<float>().ToArray();
}
