using System.Collections.Immutable;
using Compat.Orleans.Grains;
using Orleans.Serialization;

namespace Compat.Orleans;

// https://learn.microsoft.com/dotnet/orleans/host/configuration-guide/serialization-immutability and .../serialization
public sealed class CopyTests
{
    [Fact]
    public async Task Arguments_and_results_are_copies()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = silo.Grains.GetGrain<ICopyGrain>(1);
        var sent = new Parcel("p", ["mine"]);
        var answer = await grain.Keep(sent);
        Assert.Equal(["mine"], sent.Items);
        Assert.Equal(["mine", "added by the grain"], answer.Items);
        answer.Items.Clear();
        sent.Items.Clear();
        Assert.Equal(2, (await grain.Kept()).Count);
    }

    [Fact]
    public async Task A_record_travels_with_its_parameters_properties_and_nested_values()
    {
        await using var silo = await TestSilo.StartAsync();
        var label = Guid.NewGuid();
        var sent = new LabelledParcel("p", ["a"], label)
        {
            Numbers = new() { ["x"] = [1.5, double.NaN] },
            Inner = new Parcel("inner", ["b"]),
        };
        var answer = Assert.IsType<LabelledParcel>(await silo.Grains.GetGrain<ICopyGrain>(1).Keep(sent));
        Assert.NotSame(sent, answer);
        Assert.Equal(label, answer.Label);
        Assert.Equal([1.5, double.NaN], answer.Numbers["x"]);
        Assert.NotSame(sent.Numbers["x"], answer.Numbers["x"]);
        Assert.Equal("inner", answer.Inner!.Name);
        Assert.NotSame(sent.Inner, answer.Inner);
    }

    [Fact]
    public async Task References_within_an_argument_are_kept()
    {
        await using var silo = await TestSilo.StartAsync();
        var sent = new Parcel("p", []);
        sent.Inner = sent;
        var answer = await silo.Grains.GetGrain<ICopyGrain>(1).Keep(sent);
        Assert.Same(answer, answer.Inner);
    }

    [Fact]
    public async Task Immutable_types_and_parameters_are_shared()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = silo.Grains.GetGrain<ICopyGrain>(1);
        var value = new Sealed { Numbers = [1] };
        Assert.Same(value, await grain.Share(value));
        List<int> list = [1, 2, 3];
        Assert.Equal([1, 2, 3, 4], await grain.ShareArgument(list));
        Assert.Equal([1, 2, 3, 4], list);
    }

    public static TheoryData<object> Collections =>
    [
        new List<int> { 1, 2 }, new[] { "a", "b" }, new byte[] { 1, 2 }, new Dictionary<string, int> { ["a"] = 1 }, new HashSet<string> { "a" },
        new SortedDictionary<int, string> { [1] = "a" }, new Queue<int>([1, 2]), ImmutableArray.Create(1, 2), ImmutableList.Create("a"),
        ImmutableDictionary<string, int>.Empty.Add("a", 1), new KeyValuePair<string, int>("a", 1), (1, "a"), (1, 2.5, "a"), 1, 1.5, 2.5m, true, "text",
        Guid.Empty, DateTimeOffset.UnixEpoch, TimeSpan.FromDays(1), DayOfWeek.Friday, new Uri("http://localhost/"),
    ];

    [Theory]
    [MemberData(nameof(Collections), DisableDiscoveryEnumeration = true)]
    public async Task Values_and_well_known_collections_travel(object value)
    {
        await using var silo = await TestSilo.StartAsync();
        var copy = await silo.Grains.GetGrain<ICopyGrain>(1).Echo(value);
        Assert.Equal(value.GetType(), copy!.GetType());
        Assert.Equal(value, copy);
    }

    [Fact]
    public async Task A_dictionary_keeps_its_comparer()
    {
        await using var silo = await TestSilo.StartAsync();
        var sent = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase) { ["a"] = 1 };
        var copy = Assert.IsType<Dictionary<string, int>>(await silo.Grains.GetGrain<ICopyGrain>(1).Echo(sent));
        Assert.Equal(1, copy["A"]);
    }

    [Fact]
    public async Task A_type_without_a_serializer_is_refused()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = silo.Grains.GetGrain<ICopyGrain>(1);
        var error = await Assert.ThrowsAsync<CodecNotFoundException>(async () => await grain.Echo(new Unmarked()));
        Assert.Contains(nameof(Unmarked), error.Message);
        await Assert.ThrowsAsync<CodecNotFoundException>(async () => await grain.Echo(new List<object> { new Unmarked() }));
    }

    [Fact]
    public async Task Null_travels()
    {
        await using var silo = await TestSilo.StartAsync();
        Assert.Null(await silo.Grains.GetGrain<ICopyGrain>(1).Echo(null));
    }
}
