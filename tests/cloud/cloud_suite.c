/* SPDX-License-Identifier: Apache-2.0 */
/* Running a suite and checking the contract; see the header. */
#include "cloud_suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* The way from here up to the top of the repository: "" or "../" a few times; NULL if this is not in it. */
static const char *suite_find_top(void)
{
    static const char ups[] = "../../../../../../";
    static char found[32];
    for (size_t up = 0; up < sizeof ups; up += 3) {
        char probe[96];
        snprintf(found, sizeof found, "%.*s", (int)up, ups);
        snprintf(probe, sizeof probe, "%sinclude/cloud/openapi.yaml", found);
        if (access(probe, R_OK) == 0)
            return found;
    }
    return NULL;
}

/* Runs contract.py over a log; `mode` is "seen" (all that was seen is documented) or "all" (and all that is
 * documented was seen). 0 if it holds. */
static int suite_check_contract(const char *log, const char *mode)
{
    char command[512];
    const char *top = suite_find_top();
    if (!top) {
        fprintf(stderr, "include/cloud/openapi.yaml is not found from here\n");
        return 1;
    }
    snprintf(command, sizeof command, "python3 %stests/cloud/contract.py %sinclude/cloud/openapi.yaml '%s' %s", top,
             top, log, mode);
    int code = system(command);
    return code == -1 || !WIFEXITED(code) || WEXITSTATUS(code) != 0;
}

FILE *suite_open_contract(const char *what)
{
    char command[512];
    const char *top = suite_find_top();
    if (!top)
        return NULL;
    snprintf(command, sizeof command, "python3 %stests/cloud/contract.py %sinclude/cloud/openapi.yaml %s", top, top,
             what);
    return popen(command, "r");
}

int suite_run(Suite *suite, const char *mode)
{
    char log[] = "/tmp/cloud-contract-XXXXXX";
    int fd = mkstemp(log);
    if (fd < 0)
        return 1;
    close(fd);
    setenv("CLOUD_CONTRACT_LOG", log, 1);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    unsetenv("CLOUD_CONTRACT_LOG");
    if (suite_check_contract(log, mode) != 0)
        failed++;
    unlink(log);
    return failed ? 1 : 0;
}
