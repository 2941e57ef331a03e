// Preloaded into a process, it shifts the time of day by the seconds (a 64-bit number) in the file that WRONG_CLOCK names, also when they
// change. Clocks that only count, such as CLOCK_MONOTONIC, are right, as they are on a machine whose clock is set wrongly.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t *off;
static int (*real)(clockid_t, struct timespec *);

__attribute__((constructor)) static void start(void)
{
    real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    const char *path = getenv("WRONG_CLOCK");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0) return;
    void *seconds = mmap(NULL, sizeof *off, PROT_READ, MAP_SHARED, file, 0);
    if (seconds != MAP_FAILED) off = seconds;
    close(file);
}

int clock_gettime(clockid_t id, struct timespec *time)
{
    if (!real) start();
    int result = real(id, time);
    if (result == 0 && off && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE)) time->tv_sec += *off;
    return result;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone)
{
    (void)zone;
    struct timespec now;
    int result = clock_gettime(CLOCK_REALTIME, &now);
    time->tv_sec = now.tv_sec;
    time->tv_usec = now.tv_nsec / 1000;
    return result;
}

time_t time(time_t *seconds)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (seconds) *seconds = now.tv_sec;
    return now.tv_sec;
}
