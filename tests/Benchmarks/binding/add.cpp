// The reference for the cost of a call: at::add from C++. Prints nanoseconds a call.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>

int main(int, char** argv) {
    at::NoGradGuard off;
    at::set_num_threads(1);
    int calls = std::atoi(argv[1]);
    auto x = at::ones({4}), y = at::ones({4});
    for (int i = 0; i < 50000; i++) x.add(y);
    auto started = std::chrono::steady_clock::now();
    for (int i = 0; i < calls; i++) x.add(y);
    std::chrono::duration<double, std::nano> elapsed = std::chrono::steady_clock::now() - started;
    std::printf("{\"ns\": %f}\n", elapsed.count() / calls);
}
