namespace Compat.Orleans.Grains;

public interface IReentrantGrain : ITurnGrain;
