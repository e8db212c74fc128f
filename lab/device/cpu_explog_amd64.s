//go:build !purego

#include "textflag.h"

// Constant i of lanes.
#define C(i) (32*i)(DX)

// y = y*x + C(i), rounded twice.
#define HORNER(i, x, y) \
	VMULPD x, y, y    \
	VADDPD C(i), y, y

// func exps256(x, y *float64, n int, scale, shift float64, c *[len(lanes)][4]uint64, table *[32]float64) int
TEXT ·exps256(SB), NOSPLIT, $0-64
	MOVQ x+0(FP), SI
	MOVQ y+8(FP), DI
	MOVQ n+16(FP), CX
	VBROADCASTSD scale+24(FP), Y15
	VBROADCASTSD shift+32(FP), Y14
	MOVQ c+40(FP), DX
	MOVQ table+48(FP), BX
	XORQ AX, AX

	// The place of four that are all there is at most n-4.
	SUBQ $4, CX
	JLT  expsEnd

exps:
	VMOVUPD (SI)(AX*8), Y0
	VSUBPD  Y14, Y0, Y0
	VMULPD  Y15, Y0, Y0            // v
	VANDPD  C(0), Y0, Y1
	VCMPPD  $1, C(1), Y1, Y1       // |v| < expMost
	VMOVMSKPD Y1, R8
	CMPL    R8, $15
	JNE     expsEnd
	VMULPD  C(2), Y0, Y1
	VADDPD  C(3), Y1, Y1           // bits
	VSUBPD  C(3), Y1, Y2           // n
	VMULPD  C(4), Y2, Y3
	VSUBPD  Y3, Y0, Y3
	VMULPD  C(5), Y2, Y4
	VSUBPD  Y4, Y3, Y3             // r
	VPAND   C(6), Y1, Y5
	VPSRLQ  $5, Y1, Y6
	VPSLLQ  $52, Y6, Y6
	VPCMPEQQ Y7, Y7, Y7
	VGATHERQPD Y7, (BX)(Y5*8), Y8
	VPADDQ  Y6, Y8, Y8             // top
	VMULPD  C(7), Y3, Y4           // p
	VADDPD  C(8), Y4, Y4
	HORNER(9, Y3, Y4)
	HORNER(10, Y3, Y4)
	HORNER(11, Y3, Y4)
	VMULPD  Y3, Y3, Y5
	VMULPD  Y4, Y5, Y5
	VADDPD  Y5, Y3, Y3
	VMULPD  Y8, Y3, Y3
	VADDPD  Y3, Y8, Y3
	VMOVUPD Y3, (DI)(AX*8)
	ADDQ    $4, AX
	CMPQ    AX, CX
	JLE     exps

expsEnd:
	VZEROUPPER
	MOVQ AX, ret+56(FP)
	RET

// func logs256(x, y *float64, n int, scale, shift float64, c *[len(lanes)][4]uint64) int
TEXT ·logs256(SB), NOSPLIT, $0-56
	MOVQ x+0(FP), SI
	MOVQ y+8(FP), DI
	MOVQ n+16(FP), CX
	VBROADCASTSD scale+24(FP), Y15
	VBROADCASTSD shift+32(FP), Y14
	MOVQ c+40(FP), DX
	XORQ AX, AX
	SUBQ $4, CX
	JLT  logsEnd

logs:
	VMOVUPD (SI)(AX*8), Y0
	VCMPPD  $13, C(12), Y0, Y1     // at least the smallest normal number
	VCMPPD  $2, C(13), Y0, Y2      // at most the largest
	VANDPD  Y1, Y2, Y1
	VMOVMSKPD Y1, R8
	CMPL    R8, $15
	JNE     logsEnd
	VPADDQ  C(14), Y0, Y1
	VPSRLQ  $52, Y1, Y1            // e + 1023
	VPSLLQ  $52, Y1, Y2
	VPSUBQ  Y2, Y0, Y0
	VPADDQ  C(15), Y0, Y0
	VSUBPD  C(16), Y0, Y0          // f
	VPOR    C(25), Y1, Y1
	VSUBPD  C(26), Y1, Y1          // k
	VADDPD  C(17), Y0, Y2
	VDIVPD  Y2, Y0, Y2             // s
	VMULPD  Y2, Y2, Y3             // z
	VMULPD  Y3, Y3, Y4             // w
	VMULPD  C(18), Y4, Y5          // even
	VADDPD  C(19), Y5, Y5
	HORNER(20, Y4, Y5)
	VMULPD  C(21), Y4, Y6          // odd
	VADDPD  C(22), Y6, Y6
	HORNER(23, Y4, Y6)
	HORNER(24, Y4, Y6)
	VMULPD  Y4, Y5, Y5
	VMULPD  Y3, Y6, Y6
	VADDPD  Y6, Y5, Y5             // t
	VMULPD  Y0, Y0, Y6
	VMULPD  C(11), Y6, Y6          // h
	VADDPD  Y5, Y6, Y5
	VMULPD  Y2, Y5, Y5
	VMULPD  C(28), Y1, Y7
	VADDPD  Y7, Y5, Y5             // low
	VSUBPD  Y5, Y6, Y6
	VSUBPD  Y0, Y6, Y6
	VMULPD  C(27), Y1, Y1
	VSUBPD  Y6, Y1, Y1
	VMULPD  Y15, Y1, Y1
	VADDPD  Y14, Y1, Y1
	VMOVUPD Y1, (DI)(AX*8)
	ADDQ    $4, AX
	CMPQ    AX, CX
	JLE     logs

logsEnd:
	VZEROUPPER
	MOVQ AX, ret+48(FP)
	RET
