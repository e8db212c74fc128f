//go:build !amd64.v3 && !purego

#include "textflag.h"

// Constant i of lanes.
#define C(i) (64*i)(DX)

// AVX-512: eight numbers.
#define LANES 8
#define V0 Z0
#define V1 Z1
#define V2 Z2
#define V3 Z3
#define V4 Z4
#define V5 Z5
#define V6 Z6
#define V7 Z7
#define V8 Z8
#define V9 Z9
#define V10 Z10
#define V11 Z11
#define V12 Z12
#define V13 Z13
#define V14 Z14
#define V15 Z15

#define LOAD(from, to)      VMOVDQU64 from, to
#define XOR(a, b, to)       VPXORQ a, b, to
#define OR(a, b, to)        VPORQ a, b, to
#define ODDS(odd, even, to) VPBLENDMD odd, even, K1, to // 32 bits from here and from there
#define MASK(t)             VPMOVQ2M t, K2              // t is one for SELECT, by its signs
#define SELECT(t, a, b, to) VBLENDMPD a, b, K2, to      // a where it is set, b elsewhere

// Numbers 0 and 1 of one block after another.
#define PAIRS(s, c, a, b, place) \
	LOAD(C(38), a)          \
	LOAD(C(39), b)          \
	VPERMI2PD s, c, a       \
	VPERMI2PD s, c, b       \
	VMOVUPD   a, place(DI)  \
	VMOVUPD   b, (place+8*LANES)(DI)

#include "normals_amd64.h"

// func normals512(dst *float64, groups int, first uint64, keys *[20]uint64, c *[len(lanes)][8]uint64)
TEXT ·normals512(SB), NOSPLIT, $0-40
	MOVL  $0xAAAA, AX
	KMOVW AX, K1
	NORMALS
