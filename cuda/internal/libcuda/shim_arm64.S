//go:build cuda && linux && cgo

// As shim_amd64.S, for 64-bit Arm.

.macro trampoline name
	.data
1:	.quad resolve
	.text
	.globl \name
	.hidden \name
	.type \name, %function
	.balign 16
\name:
	.cfi_startproc
	hint #34 // bti c
	adrp x16, 1b
	add x16, x16, :lo12:1b
	ldar x17, [x16] // acquire: what the library's loading wrote is seen with the slot
	br x17
	.cfi_endproc
	.size \name, . - \name
.endm

	.text
	.type resolve, %function
	.balign 16
resolve: // x16 is the address of the slot; everything else is the caller's call
	.cfi_startproc
	hint #34 // bti c
	stp x29, x30, [sp, #-224]!
	.cfi_def_cfa_offset 224
	.cfi_offset x29, -224
	.cfi_offset x30, -216
	mov x29, sp
	stp x0, x1, [sp, #16]
	stp x2, x3, [sp, #32]
	stp x4, x5, [sp, #48]
	stp x6, x7, [sp, #64]
	str x8, [sp, #80]
	stp q0, q1, [sp, #96]
	stp q2, q3, [sp, #128]
	stp q4, q5, [sp, #160]
	stp q6, q7, [sp, #192]
	mov x0, x16
	bl glassy_libcuda_resolve
	mov x16, x0
	ldp x0, x1, [sp, #16]
	ldp x2, x3, [sp, #32]
	ldp x4, x5, [sp, #48]
	ldp x6, x7, [sp, #64]
	ldr x8, [sp, #80]
	ldp q0, q1, [sp, #96]
	ldp q2, q3, [sp, #128]
	ldp q4, q5, [sp, #160]
	ldp q6, q7, [sp, #192]
	ldp x29, x30, [sp], #224
	.cfi_restore x30
	.cfi_restore x29
	.cfi_def_cfa_offset 0
	br x16
	.cfi_endproc
	.size resolve, . - resolve

	.data
	.globl glassy_libcuda_slots
	.hidden glassy_libcuda_slots
	.balign 8
glassy_libcuda_slots:

#define CALL(name) trampoline name
#include "calls.h"

#ifdef __ARM_FEATURE_BTI_DEFAULT
	.section .note.gnu.property, "a"
	.balign 8
	.word 4, 16, 5 // sizes of "GNU" and of the property; NT_GNU_PROPERTY_TYPE_0
	.asciz "GNU"
	.word 0xc0000000, 4, 1, 0 // GNU_PROPERTY_AARCH64_FEATURE_1_AND: BTI
#endif

	.section .note.GNU-stack, "", %progbits
