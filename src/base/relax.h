/*
 * Tells the processor that this is a spin-wait: saves power and, on SMT, leaves the core to the
 * sibling.
 */
#ifndef RELAX_H
#define RELAX_H

static inline void relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__) || defined(__arm__)
    __asm__ volatile("yield" ::: "memory");
#else
    __asm__ volatile("" ::: "memory");
#endif
}

#endif
