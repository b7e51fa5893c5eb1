/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commits together. A commit is a wait for the disk, and whoever comes during that wait has the next one in common: the
 * first of them does everybody's work in one transaction, commits once, and then tells them. Their threads sleep meanwhile: handing the writer from one to the next would cost a switch of threads
 * for each, which on a busy machine is more than the work. Whoever comes alone is not held up.
 */
#include "store_db.h"

#include <errno.h>

/* One who has something to do; on the stack of its thread, which sleeps until `turn`. */
struct db_job {
    db_job *next;
    db_work work;
    void *context;
    store_status status;
    bool leads; /* when its turn comes: it is to do the work of all that wait, itself included */
    sem_t turn;
};

/* True: nobody leads, so this one does. Whether a job leads is written under the lock alone. */
static bool enqueue(db_queue *queue, db_job *job)
{
    pthread_mutex_lock(&queue->lock);
    bool leads = !queue->led;
    job->leads = leads;
    queue->led = true;
    *queue->end = job;
    queue->end = &job->next;
    queue->waiting++;
    pthread_mutex_unlock(&queue->lock);
    return leads;
}

static db_job *take_all(db_queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    db_job *jobs = queue->first;
    queue->first = NULL;
    queue->end = &queue->first;
    queue->waiting = 0;
    pthread_mutex_unlock(&queue->lock);
    return jobs;
}

static void wake(db_job *job)
{
    sem_post(&job->turn); /* the job may be gone at once */
}

/* The next who waits is to lead, if there is one. */
static void hand_over(db_queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    db_job *next = queue->first;
    queue->led = next != NULL;
    if (next)
        next->leads = true;
    pthread_mutex_unlock(&queue->lock);
    if (next)
        wake(next);
}

/* All of them, or nothing. */
static store_status work_for_all(db *writer, db_job *jobs)
{
    store_status status = STORE_OK;
    for (db_job *job = jobs; job && status == STORE_OK; job = job->next)
        status = job->status = job->work(writer, job->context);
    return status;
}

static void work_alone(store *self, db_job *job)
{
    db *writer;
    job->status = db_begin(self, &writer);
    if (job->status == STORE_OK)
        job->status = db_end(writer, job->work(writer, job->context));
}

/* When the common transaction comes to nothing, because of one of them or of the disk, each gets one of its own: hardly
 * ever, and so none needs a savepoint. */
static void lead(store *self, const db_job *leader)
{
    db *writer;
    store_status status = db_begin(self, &writer);
    db_job *jobs = take_all(&self->queue); /* as late as can be: the wait for the writer brings more */
    if (status == STORE_OK)
        status = db_end(writer, work_for_all(writer, jobs));
    if (!jobs->next)
        jobs->status = status;
    else if (status != STORE_OK)
        for (db_job *job = jobs; job; job = job->next)
            work_alone(self, job);
    hand_over(&self->queue);
    while (jobs) {
        db_job *job = jobs;
        jobs = job->next;
        if (job != leader)
            wake(job);
    }
}

store_status db_share(store *self, db_work work, void *context)
{
    db_job job = {.work = work, .context = context, .status = STORE_FAILED};
    sem_init(&job.turn, 0, 0);
    if (!enqueue(&self->queue, &job))
        while (sem_wait(&job.turn) != 0 && errno == EINTR)
            ;
    if (job.leads)
        lead(self, &job);
    sem_destroy(&job.turn);
    return job.status;
}
