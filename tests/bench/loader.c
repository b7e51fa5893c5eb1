/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/bench/loader.c - loads the object that is named and prints the microseconds of it: a program of its own, which
 * has none of the object's libraries yet.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <time.h>

static double now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

int main(int argc, char **argv)
{
    double start_us = now_us();
    void *object = argc == 2 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : NULL;
    printf("%.1f\n", now_us() - start_us);
    return object ? 0 : 1;
}
