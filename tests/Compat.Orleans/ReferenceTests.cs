using Compat.Orleans.Grains;
using Microsoft.Extensions.DependencyInjection;

namespace Compat.Orleans;

public sealed class ReferenceTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(-17)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public async Task An_integer_key_comes_back(long key)
    {
        await using var silo = await TestSilo.StartAsync();
        Assert.Equal(key, silo.Grains.GetGrain<IFailingGrain>(key).GetPrimaryKeyLong());
    }

    [Fact]
    public async Task References_to_one_grain_are_equal()
    {
        await using var silo = await TestSilo.StartAsync();
        var a = silo.Grains.GetGrain<ICallerGrain>("a");
        Assert.Equal("a", a.GetPrimaryKeyString());
        Assert.Equal(a, silo.Grains.GetGrain<ICallerGrain>("a"));
        Assert.NotEqual(a, silo.Grains.GetGrain<ICallerGrain>("b"));
        Assert.Single(new HashSet<ICallerGrain> { a, silo.Grains.GetGrain<ICallerGrain>("a") });
    }

    [Fact]
    public async Task A_grain_can_hand_out_a_reference_to_itself()
    {
        await using var silo = await TestSilo.StartAsync();
        var callBack = silo.Grains.GetGrain<ICallerGrain>("b").CallBack(silo.Grains.GetGrain<ICallerGrain>("a"));
        Assert.Equal("a", await callBack);
    }

    [Fact]
    public async Task The_class_is_chosen_by_prefix_where_several_implement_an_interface()
    {
        await using var silo = await TestSilo.StartAsync();
        silo.Signals.Set("x may end");
        Assert.Equal(0, await silo.Grains.GetGrain<ITurnGrain>("a", typeof(TurnGrain).FullName).Work("x"));
        Assert.Throws<ArgumentException>(() => silo.Grains.GetGrain<ITurnGrain>("a", "No.Such.Class"));
        Assert.Throws<ArgumentException>(() => silo.Grains.GetGrain<IOrphanGrain>("a"));
    }

    [Fact]
    public async Task The_class_named_like_the_interface_is_chosen_without_a_prefix()
    {
        await using var silo = await TestSilo.StartAsync();
        Assert.Equal(silo.Grains.GetGrain<ITurnGrain>("a", typeof(TurnGrain).FullName), silo.Grains.GetGrain<ITurnGrain>("a"));
    }

    [Fact]
    public async Task The_cluster_client_is_a_service_of_the_host()
    {
        await using var silo = await TestSilo.StartAsync();
        Assert.Equal("a", await silo.Services.GetRequiredService<IClusterClient>().GetGrain<ICallerGrain>("a").Name());
    }
}
