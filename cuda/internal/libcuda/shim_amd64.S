//go:build cuda && linux && cgo

// One trampoline for each call of calls.h: it jumps to where its slot of
// glassy_libcuda_slots points. All slots point to resolve at first. The symbols
// are hidden, so that a driver or a plugin that is opened later does not find
// them in the place of its own.

#ifdef __CET__
#include <cet.h> /* notes that these objects keep to IBT and the shadow stack */
#endif

.macro trampoline name
	.data
1:	.quad resolve
	.text
	.globl \name
	.hidden \name
	.type \name, @function
	.balign 16
\name:
	.cfi_startproc
	endbr64
	leaq 1b(%rip), %r11
	jmp *(%r11)
	.cfi_endproc
	.size \name, . - \name
.endm

	.text
	.type resolve, @function
	.balign 16
resolve: // r11 is the address of the slot; everything else is the caller's call
	.cfi_startproc
	endbr64
	subq $184, %rsp // 16 registers, and 8 bytes that align the stack to 16
	.cfi_adjust_cfa_offset 184
	movaps %xmm0, 0(%rsp)
	movaps %xmm1, 16(%rsp)
	movaps %xmm2, 32(%rsp)
	movaps %xmm3, 48(%rsp)
	movaps %xmm4, 64(%rsp)
	movaps %xmm5, 80(%rsp)
	movaps %xmm6, 96(%rsp)
	movaps %xmm7, 112(%rsp)
	movq %rdi, 128(%rsp)
	movq %rsi, 136(%rsp)
	movq %rdx, 144(%rsp)
	movq %rcx, 152(%rsp)
	movq %r8, 160(%rsp)
	movq %r9, 168(%rsp)
	movq %r11, %rdi
	call glassy_libcuda_resolve
	movq %rax, %r11
	movaps 0(%rsp), %xmm0
	movaps 16(%rsp), %xmm1
	movaps 32(%rsp), %xmm2
	movaps 48(%rsp), %xmm3
	movaps 64(%rsp), %xmm4
	movaps 80(%rsp), %xmm5
	movaps 96(%rsp), %xmm6
	movaps 112(%rsp), %xmm7
	movq 128(%rsp), %rdi
	movq 136(%rsp), %rsi
	movq 144(%rsp), %rdx
	movq 152(%rsp), %rcx
	movq 160(%rsp), %r8
	movq 168(%rsp), %r9
	addq $184, %rsp
	.cfi_adjust_cfa_offset -184
	jmp *%r11
	.cfi_endproc
	.size resolve, . - resolve

	.data
	.globl glassy_libcuda_slots
	.hidden glassy_libcuda_slots
	.balign 8
glassy_libcuda_slots:

#define CALL(name) trampoline name
#include "calls.h"

	.section .note.GNU-stack, "", @progbits
