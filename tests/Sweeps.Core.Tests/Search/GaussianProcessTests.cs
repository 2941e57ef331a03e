using MathNet.Numerics.LinearAlgebra;
using Sweeps.Core.Search;

namespace Sweeps.Core.Tests.Search;

public sealed class GaussianProcessTests
{
    private static readonly bool[] Ordered = [true, true];

    [Fact]
    public void The_kernel_has_the_closed_form_of_Matern_five_halves()
    {
        // Two observations at the distance of one length scale, where k = (1 + sqrt(5) + 5/3) exp(-sqrt(5)) = 0.5239941088318203.
        var process = new GaussianProcess([true], [[0.0], [0.5]], [0.0, 2.0], [Math.Log(0.5), Math.Log(1e-9)]);
        Assert.Equal(1, process.Mean, 1e-9);
        // variance = (y - mean)' C^-1 (y - mean) / 2 = 1 / (1 - k).
        Assert.Equal(1 / (1 - 0.5239941088318203), process.Variance, 1e-6);
    }

    [Fact]
    public void Predictions_and_likelihood_are_those_of_the_normal_distribution_written_out()
    {
        var (x, y) = Data(12);
        double[] parameters = [Math.Log(0.3), Math.Log(0.7), Math.Log(0.05)];
        var process = new GaussianProcess(Ordered, x, y, parameters);

        var n = x.Length;
        var c = Matrix<double>.Build.Dense(n, n, (i, j) => Matern(x[i], x[j]) + (i == j ? 0.05 : 0));
        var inverse = c.Inverse();
        var ones = Vector<double>.Build.Dense(n, 1);
        var observed = Vector<double>.Build.DenseOfArray(y);
        var mean = ones * inverse * observed / (ones * inverse * ones);
        var rest = observed - mean;
        var variance = rest * inverse * rest / n;
        double[] place = [0.21, 0.83];
        var k = Vector<double>.Build.Dense(n, i => Matern(x[i], place));

        Assert.Equal(mean, process.Mean, 1e-9);
        Assert.Equal(variance, process.Variance, 1e-9);
        Assert.Equal(mean + k * inverse * rest, process.Predict(place).Mean, 1e-9);
        Assert.Equal(Math.Sqrt(variance * (1 - k * inverse * k)), process.Predict(place).Deviation, 1e-9);
        var full = c * variance;
        Assert.Equal(
            -0.5 * (rest * full.Inverse() * rest) - 0.5 * Math.Log(full.Determinant()) - n / 2.0 * Math.Log(2 * Math.PI), process.LogLikelihood, 1e-8);

        static double Matern(double[] a, double[] b)
        {
            var r = Math.Sqrt(Math.Pow((a[0] - b[0]) / 0.3, 2) + Math.Pow((a[1] - b[1]) / 0.7, 2));
            return (1 + Math.Sqrt(5) * r + 5 * r * r / 3) * Math.Exp(-Math.Sqrt(5) * r);
        }
    }

    [Fact]
    public void The_gradient_is_that_of_finite_differences()
    {
        var (x, y) = Data(10);
        double[] parameters = [Math.Log(0.3), Math.Log(0.7), Math.Log(0.05)];
        var gradient = new GaussianProcess(Ordered, x, y, parameters).Gradient();
        for (var i = 0; i < parameters.Length; i++)
        {
            double At(double step)
            {
                var moved = parameters.ToArray();
                moved[i] += step;
                return new GaussianProcess(Ordered, x, y, moved).LogLikelihood;
            }
            Assert.Equal((At(1e-5) - At(-1e-5)) / 2e-5, gradient[i], 1e-6);
        }
    }

    [Fact]
    public void Without_noise_it_goes_through_the_observations_and_far_away_it_knows_nothing()
    {
        var (x, y) = Data(8);
        var process = new GaussianProcess(Ordered, x, y, [Math.Log(0.2), Math.Log(0.2), Math.Log(1e-6)]);
        for (var i = 0; i < x.Length; i++)
        {
            Assert.Equal(y[i], process.Predict(x[i]).Mean, 1e-4);
            Assert.Equal(0, process.Predict(x[i]).Deviation, 5e-3);
        }
        Assert.Equal(process.Mean, process.Predict([50, 50]).Mean, 1e-9);
        Assert.Equal(Math.Sqrt(process.Variance), process.Predict([50, 50]).Deviation, 1e-9);
    }

    [Fact]
    public void A_choice_without_order_is_as_far_from_every_other()
    {
        var process = new GaussianProcess([false], [[0.0], [1.0]], [0.0, 1.0], [Math.Log(0.5), Math.Log(1e-6)]);
        Assert.Equal(process.Predict([2.0]), process.Predict([7.0]));
        Assert.Equal(0.5, process.Predict([2.0]).Mean, 1e-9);
    }

    [Fact]
    public void The_likeliest_process_sees_which_axis_matters()
    {
        var random = new SplitMix64(4);
        double[][] x = [.. Enumerable.Range(0, 30).Select(_ => new[] { random.NextUniform(), random.NextUniform() })];
        double[] y = [.. x.Select(place => Math.Sin(6 * place[0]))];
        var process = GaussianProcess.Likeliest(Ordered, x, y);
        Assert.True(process.Parameters[1] > process.Parameters[0] + Math.Log(5));
        Assert.Equal(Math.Sin(6 * 0.4), process.Predict([0.4, 0.9]).Mean, 0.02);
    }

    [Fact]
    public void The_likeliest_process_sees_how_much_noise_there_is()
    {
        // Signal of standard deviation about 0.7 with noise of 0.2: the ratio of variances is near 0.08.
        var random = new SplitMix64(6);
        double[][] x = [.. Enumerable.Range(0, 80).Select(_ => new[] { random.NextUniform() })];
        double[] y = [.. x.Select(place => Math.Sin(6 * place[0]) + 0.2 * Statistics.Noise.Next(random))];
        var process = GaussianProcess.Likeliest([true], x, y);
        Assert.InRange(Math.Sqrt(process.Variance * Math.Exp(process.Parameters[^1])), 0.15, 0.25);
    }

    [Fact]
    public void Equal_observations_are_no_trouble()
    {
        var process = GaussianProcess.Likeliest([true], [[0.1], [0.5], [0.5], [0.9]], [1, 1, 1, 1]);
        Assert.Equal(1, process.Predict([0.3]).Mean, 1e-9);
        Assert.True(double.IsFinite(process.LogLikelihood));
    }

    [Theory]
    [InlineData(0.0, 0.0, 2.0)]
    [InlineData(1.0, 0.5, 0.3)]
    [InlineData(0.0, 3.0, 0.5)]
    [InlineData(0.0, 15.0, 1.0)]
    [InlineData(0.0, 19.9, 1.0)]
    [InlineData(0.0, 20.1, 1.0)]
    [InlineData(0.0, 30.0, 1.0)]
    public void The_expected_improvement_is_its_integral(double incumbent, double mean, double deviation)
    {
        // E[max(incumbent - f, 0)] = deviation * integral over t > 0 of t phi(t - z); the factor exp(-z^2/2) taken out, by Simpson's rule.
        var z = (incumbent - mean) / deviation;
        const int Steps = 20_000;
        var width = (z < -1 ? 40 / -z : 12 + z) / Steps;
        double F(double t) => t * Math.Exp(z * t - t * t / 2);
        var sum = Enumerable.Range(0, Steps / 2).Sum(i => F(2 * i * width) + 4 * F((2 * i + 1) * width) + F((2 * i + 2) * width));
        var expected = Math.Log(deviation * sum * width / 3) - z * z / 2 - 0.5 * Math.Log(2 * Math.PI);
        // The tail's series is cut after its second term: 15 / z^4 is 1e-4 at 20.
        Assert.Equal(expected, BayesSampler.LogExpectedImprovement(incumbent, mean, deviation), z < -20 ? 1e-4 : 1e-8);
    }

    [Fact]
    public void The_expected_improvement_is_ordered_where_it_is_too_small_for_a_number()
    {
        Assert.True(BayesSampler.LogExpectedImprovement(0, 50, 1) > BayesSampler.LogExpectedImprovement(0, 60, 1));
        Assert.Equal(double.NegativeInfinity, BayesSampler.LogExpectedImprovement(0, 1, 0));
        Assert.Equal(Math.Log(2), BayesSampler.LogExpectedImprovement(3, 1, 0), 1e-12);
    }

    private static (double[][] X, double[] Y) Data(int n)
    {
        var random = new SplitMix64(2);
        double[][] x = [.. Enumerable.Range(0, n).Select(_ => new[] { random.NextUniform(), random.NextUniform() })];
        return (x, [.. x.Select(place => Math.Sin(5 * place[0]) + place[1])]);
    }
}
