// libtorch's generator, default type and threads belong to the process, so tests take turns.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
