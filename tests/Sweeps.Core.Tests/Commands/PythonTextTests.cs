using System.Diagnostics;
using System.Globalization;
using Sweeps.Core.Commands;
using Sweeps.Core.Search;

namespace Sweeps.Core.Tests.Commands;

public sealed class PythonTextTests
{
    [Theory]
    [InlineData(0.1, "0.1")]
    [InlineData(1e-5, "1e-05")]
    [InlineData(1e-4, "0.0001")]
    [InlineData(0.00012345, "0.00012345")]
    [InlineData(1.5e-7, "1.5e-07")]
    [InlineData(-2.5, "-2.5")]
    [InlineData(123.456, "123.456")]
    [InlineData(1e16, "1e+16")]
    [InlineData(9007199254740993.0, "9007199254740992.0")]
    [InlineData(1.2345678901234567e19, "1.2345678901234567e+19")]
    [InlineData(1e100, "1e+100")]
    [InlineData(5e-324, "5e-324")]
    [InlineData(1.7976931348623157e308, "1.7976931348623157e+308")]
    [InlineData(double.NaN, "nan")]
    [InlineData(double.PositiveInfinity, "inf")]
    [InlineData(double.NegativeInfinity, "-inf")]
    public void Numbers_are_written_as_python_writes_them(double value, string expected)
    {
        Assert.Equal(expected, PythonText.Str(ParameterValue.Of(value)));
        Assert.Equal(expected, PythonText.Repr(ParameterValue.Of(value)));
    }

    [Fact]
    public void Null_booleans_integers_and_texts_are_pythons()
    {
        Assert.Equal(["None", "True", "False", "-7", "9223372036854775807", "a 'b'"], new[]
        {
            ParameterValue.Null, ParameterValue.Of(true), ParameterValue.Of(false), ParameterValue.Of(-7), ParameterValue.Of(long.MaxValue), ParameterValue.Of("a 'b'"),
        }.Select(PythonText.Str));
    }

    [Theory]
    [InlineData("plain", "'plain'")]
    [InlineData("it's", "\"it's\"")]
    [InlineData("it's \"so\"", "'it\\'s \"so\"'")]
    [InlineData("a\\b\n\t\r", "'a\\\\b\\n\\t\\r'")]
    [InlineData("\u0001\u007f\u00a0é→", "'\\x01\\x7f\\xa0é→'")]
    [InlineData("\u200b\U000f0000😀", "'\\u200b\\U000f0000😀'")]
    public void Texts_within_lists_are_quoted(string text, string expected) => Assert.Equal(expected, PythonText.Repr(ParameterValue.Of(text)));

    [Fact]
    public void Lists_and_mappings_nest()
    {
        var value = ParameterValue.Of(new Dictionary<string, ParameterValue>
        {
            ["b"] = ParameterValue.Of([ParameterValue.Of(1), ParameterValue.Of("x"), ParameterValue.Of(Array.Empty<ParameterValue>())]),
            ["a"] = ParameterValue.Of(true),
        });
        Assert.Equal("{'a': True, 'b': [1, 'x', []]}", PythonText.Str(value));
        Assert.Equal("{\"a\": true, \"b\": [1, \"x\", []]}", PythonText.Json(value));
    }

    [Fact]
    public void Json_is_ascii_with_pythons_words_for_what_json_lacks()
    {
        var values = new[]
        {
            ParameterValue.Null, ParameterValue.Of(1e-5), ParameterValue.Of(double.NaN), ParameterValue.Of(double.PositiveInfinity), ParameterValue.Of(double.NegativeInfinity),
            ParameterValue.Of("é\"\\\n\u0001\u007f😀"),
        };
        Assert.Equal("[null, 1e-05, NaN, Infinity, -Infinity, \"\\u00e9\\\"\\\\\\n\\u0001\\u007f\\ud83d\\ude00\"]", PythonText.Json(ParameterValue.Of(values)));
    }

    [Fact]
    public async Task Python_itself_writes_the_same()
    {
        var random = new SplitMix64(1);
        var numbers = Enumerable.Range(0, 2000).Select(_ => BitConverter.UInt64BitsToDouble(random.Next())).Where(double.IsFinite)
            .Concat(Enumerable.Range(-30, 60).Select(power => 1.5 * Math.Pow(10, power))).Where(number => ParameterValue.Of(number).AsLong is null).ToArray();
        var program = "import sys\nfor line in sys.stdin: print(repr(float(line)))";
        Process python;
        try
        {
            python = Process.Start(new ProcessStartInfo("python3", ["-c", program]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("There is no python3 on this machine.");
            return;
        }
        using (python)
        {
            var output = python.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            foreach (var number in numbers) python.StandardInput.WriteLine(number.ToString("R", CultureInfo.InvariantCulture));
            python.StandardInput.Close();
            Assert.Equal((await output).TrimEnd('\n').Split('\n'), numbers.Select(number => PythonText.Str(ParameterValue.Of(number))));
        }
    }
}
