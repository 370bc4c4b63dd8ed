/*
 * A link with a fixed one-way delay: `delaypipe NETNS_A DEVICE_A NETNS_B DEVICE_B DELAY_US`, as root.
 *
 * Makes a TUN device in each of two network namespaces and carries every packet from the one to the other, no earlier than the
 * delay. Offloads are left on, so one read carries a superframe of many segments: a gigabit costs little CPU. netem would do the
 * same, but many kernels are built without it. Rates are not this program's: tbf on the devices shapes them.
 *
 * Says `ready` on stdout when both devices exist; on SIGTERM it says how many packets it dropped, and ends. Ends with its parent.
 * Built by link.ts with `cc -O2`.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { QUEUE = 16384, FRAME = 66000, BATCH = 32, VNET_HEADER = 10 };

struct packet {
  long long due_ns;
  ssize_t length;
  char *bytes;
};

/* A ring: the delay is the same for all, so what came first is due first. */
struct queue {
  struct packet packets[QUEUE];
  int first, count;
};

static struct queue queues[2];
static volatile sig_atomic_t stopping;

static void stop(int number) {
  (void)number;
  stopping = 1;
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static long long now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static int open_device(const char *netns, const char *name) {
  char path[256];
  snprintf(path, sizeof path, "/run/netns/%s", netns);
  int namespace = open(path, O_RDONLY | O_CLOEXEC);
  if (namespace < 0 || setns(namespace, CLONE_NEWNET)) fail(path);
  close(namespace);

  int device = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (device < 0) fail("/dev/net/tun");
  struct ifreq request;
  memset(&request, 0, sizeof request);
  request.ifr_flags = IFF_TUN | IFF_NO_PI | IFF_VNET_HDR;
  snprintf(request.ifr_name, sizeof request.ifr_name, "%s", name);
  if (ioctl(device, TUNSETIFF, &request)) fail("TUNSETIFF");
  int header = VNET_HEADER, send_buffer = 1 << 28;
  if (ioctl(device, TUNSETVNETHDRSZ, &header)) fail("TUNSETVNETHDRSZ");
  if (ioctl(device, TUNSETSNDBUF, &send_buffer)) fail("TUNSETSNDBUF");
  if (ioctl(device, TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6)) fail("TUNSETOFFLOAD");
  return device;
}

/* Delivers what is due; returns when the next one is, or -1. */
static long long deliver(struct queue *queue, int to, long long now, long *dropped) {
  while (queue->count > 0) {
    struct packet *packet = &queue->packets[queue->first];
    if (packet->due_ns > now) return packet->due_ns;
    if (write(to, packet->bytes, packet->length) < 0) ++*dropped;
    free(packet->bytes);
    queue->first = (queue->first + 1) % QUEUE;
    queue->count--;
  }
  return -1;
}

static void take(struct queue *queue, int from, long long delay_ns, long *dropped) {
  static char frame[FRAME];
  for (int i = 0; i < BATCH; i++) {
    ssize_t length = read(from, frame, sizeof frame);
    if (length <= 0) return;
    char *bytes = queue->count < QUEUE ? malloc(length) : NULL;
    if (bytes == NULL) {
      ++*dropped;
      continue;
    }
    memcpy(bytes, frame, length);
    queue->packets[(queue->first + queue->count++) % QUEUE] = (struct packet){now_ns() + delay_ns, length, bytes};
  }
}

int main(int count, char **words) {
  if (count != 6) {
    fprintf(stderr, "usage: delaypipe NETNS_A DEVICE_A NETNS_B DEVICE_B DELAY_US\n");
    return 2;
  }
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  prctl(PR_SET_TIMERSLACK, 1000UL);
  /* A link does not slow down because its ends are busy. */
  setpriority(PRIO_PROCESS, 0, -10);
  struct sigaction action = {.sa_handler = stop};
  sigaction(SIGTERM, &action, NULL);
  sigaction(SIGINT, &action, NULL);

  int devices[2] = {open_device(words[1], words[2]), open_device(words[3], words[4])};
  long long delay_ns = atoll(words[5]) * 1000LL;
  long dropped = 0;
  printf("ready\n");
  fflush(stdout);

  while (!stopping) {
    long long now = now_ns(), next = -1;
    for (int i = 0; i < 2; i++) {
      long long due = deliver(&queues[i], devices[1 - i], now, &dropped);
      if (due >= 0 && (next < 0 || due < next)) next = due;
    }
    struct pollfd waiting[2] = {{devices[0], POLLIN, 0}, {devices[1], POLLIN, 0}};
    long long wait_ns = next < 0 ? 1000000000LL : next - now_ns();
    if (wait_ns < 0) wait_ns = 0;
    struct timespec timeout = {wait_ns / 1000000000LL, wait_ns % 1000000000LL};
    if (ppoll(waiting, 2, &timeout, NULL) < 0) continue;
    for (int i = 0; i < 2; i++)
      if (waiting[i].revents & POLLIN) take(&queues[i], devices[i], delay_ns, &dropped);
  }
  printf("dropped %ld\n", dropped);
  return 0;
}
