/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mock-cloud, the program: options, one cloud, and a signal to end it.
 */
#include "cloud.h"
#include "files.h"
#include "log.h"
#include "options.h"

#include <curl/curl.h>
#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static int write_port_file(const char *path, unsigned port)
{
    char text[16];
    int length = snprintf(text, sizeof text, "%u\n", port);
    return path ? files_write(path, text, (size_t)length, 0644) : 0;
}

int main(int argc, char **argv)
{
    options chosen;
    sigset_t ending;
    int signal_number = 0;
    int code = options_parse(&chosen, argc, argv);
    if (code != 0)
        return code > 0 ? 0 : 2;
    log_set_level(chosen.level);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); /* nobody asks, and counting locks at every allocation */
    umask(077);
    /* Before any thread is started, so that they all inherit it and sigwait() gets the signals. */
    signal(SIGPIPE, SIG_IGN);
    sigemptyset(&ending);
    sigaddset(&ending, SIGTERM);
    sigaddset(&ending, SIGINT);
    pthread_sigmask(SIG_BLOCK, &ending, NULL);
    curl_global_init(CURL_GLOBAL_DEFAULT);

    cloud *self = cloud_start(&chosen.cloud);
    if (!self || write_port_file(chosen.port_file, cloud_port(self)) != 0) {
        cloud_stop(self);
        fprintf(stderr, "mock-cloud: not started\n");
        return 1;
    }
    printf("mock-cloud: listening on %s\n", cloud_url(self));
    fflush(stdout);
    sigwait(&ending, &signal_number);
    log_line(LOG_LEVEL_INFO, "%s: ending", strsignal(signal_number));
    cloud_stop(self);
    curl_global_cleanup();
    return 0;
}
