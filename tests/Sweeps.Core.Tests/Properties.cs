using FsCheck;
using FsCheck.Fluent;

namespace Sweeps.Core.Tests;

/// <summary>Runs properties with a fixed seed, so that a test that passes today passes tomorrow.</summary>
internal static class Properties
{
    public static void Hold<T>(Arbitrary<T> inputs, Func<T, bool> claim, int tests = 300) =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(tests).WithReplay(20240601, 1234567), Prop.ForAll(inputs, claim));
}
