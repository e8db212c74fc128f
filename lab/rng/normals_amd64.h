// The normal numbers of normals_amd64.go in the registers V0 … V15 of LANES numbers each,
// by the instructions that are named alike for all widths, and by these, of which
// normals_amd64.s says what they are for each: LOAD, XOR, OR, ODDS, MASK, SELECT, PAIRS.
//
// All is done for two groups of blocks in turn, a step of one and the same of the other:
// each step waits for the one before it, and one group alone would leave the processor
// idle for half of the time.

// A round of Philox on a group's blocks, of which word i is the low half of each lane of ci;
// what is in the high halves does not matter. After it they are in c0, b, c2, a.
#define ROUND(c0, c1, c2, c3, a, b) \
	VPMULUDQ c0, V14, a  \
	VPMULUDQ c2, V12, b  \
	XOR(V13, c1, c1)     \
	VPSRLQ   $32, b, c0  \
	XOR(c1, c0, c0)      \
	XOR(V15, c3, c3)     \
	VPSRLQ   $32, a, c2  \
	XOR(c3, c2, c2)

#define KEYS(r) \
	VPBROADCASTQ (16*r)(SI), V13   \
	VPBROADCASTQ (16*r+8)(SI), V15

// A round of both groups, and the next.
#define ODD(r) \
	KEYS(r)                           \
	ROUND(V0, V1, V2, V3, V4, V5)     \
	ROUND(V6, V7, V8, V9, V10, V11)

#define EVEN(r) \
	KEYS(r)                           \
	ROUND(V0, V5, V2, V4, V3, V1)     \
	ROUND(V6, V11, V8, V10, V9, V7)

// The first round, of the blocks' numbers, words 0 and 1; words 2 and 3 are 0.
#define FIRST(c0, c1, c2, c3) \
	VPMULUDQ c0, V14, c3  \
	VPSRLQ   $32, c0, c0  \
	XOR(V13, c0, c0)      \
	VPSRLQ   $32, c3, c2  \
	XOR(V15, c2, c2)      \
	XOR(c1, c1, c1)

// 53 bits of two words, low in which they come.
#define BITS(low, high) \
	VPSLLQ $32, high, high  \
	ODDS(high, low, low)    \
	VPSRLQ $11, low, low

// y = y*x + C(i), rounded twice.
#define HORNER(i, x, y) \
	VMULPD x, y, y    \
	VADDPD C(i), y, y

// logUniform(n), n in f: its halves as numbers, added up; f and k of it
#define LOG1(f, k, t) \
	ODDS(C(2), f, t)      \
	VPSRLQ $32, f, f      \
	OR(C(3), f, f)        \
	VSUBPD C(4), f, f     \
	VADDPD t, f, f        \
	VPSUBQ C(5), f, k     \
	VPSRLQ $52, k, k      \
	VPSLLQ $52, k, t      \
	VPSUBQ t, f, f        \
	VSUBPD C(6), f, f     \
	OR(C(2), k, k)        \
	VSUBPD C(8), k, k

// its s, z and w
#define LOG2(f, s, z, w) \
	VADDPD C(7), f, s \
	VDIVPD s, f, s    \
	VMULPD s, s, z    \
	VMULPD z, z, w

// its t
#define LOG3(z, w, t, odd) \
	VMULPD C(9), w, t        \
	VADDPD C(10), t, t       \
	HORNER(11, w, t)         \
	VMULPD w, t, t           \
	VMULPD C(12), w, odd     \
	VADDPD C(13), odd, odd   \
	HORNER(14, w, odd)       \
	HORNER(15, w, odd)       \
	VMULPD z, odd, odd       \
	VADDPD odd, t, t

// and r = √(-2 log), in f
#define LOG4(f, k, s, t, h, a) \
	VMULPD  f, f, h     \
	VMULPD  C(16), h, h \
	VADDPD  t, h, t     \
	VMULPD  s, t, t     \
	VMULPD  C(17), k, a \
	VADDPD  a, t, t     \
	VSUBPD  t, h, t     \
	VSUBPD  f, t, t     \
	VMULPD  C(18), k, a \
	VSUBPD  t, a, t     \
	VMULPD  C(19), t, t \
	VSQRTPD t, f

// sincosUniform(v), v in x: its q, x and z
#define ANGLE(q, x, z) \
	VPADDQ C(20), x, q \
	VPSRLQ $51, q, q   \
	VPSLLQ $51, q, z   \
	VPSUBQ z, x, x     \
	VPADDQ C(21), x, x \
	VSUBPD C(22), x, x \
	VMULPD C(23), x, x \
	VMULPD x, x, z

#define SINE(x, z, s, t) \
	VMULPD C(24), z, s \
	VADDPD C(25), s, s \
	HORNER(26, z, s)   \
	HORNER(27, z, s)   \
	HORNER(28, z, s)   \
	HORNER(29, z, s)   \
	VMULPD z, x, t     \
	VMULPD t, s, s     \
	VADDPD x, s, s

#define COSINE(z, c, t) \
	VMULPD  C(30), z, c \
	VADDPD  C(31), c, c \
	HORNER(32, z, c)    \
	HORNER(33, z, c)    \
	HORNER(34, z, c)    \
	HORNER(35, z, c)    \
	VMULPD  z, z, t     \
	VMULPD  t, c, c     \
	VMULPD  C(16), z, z \
	VMOVUPD C(6), t     \
	VSUBPD  z, t, z     \
	VADDPD  c, z, c

// q quarter turns: swapped when q is odd, then the signs; times r
#define TURN(r, q, s, c, x, z, t) \
	VPSLLQ $63, q, t     \
	MASK(t)              \
	SELECT(t, c, s, x)   \
	SELECT(t, s, c, z)   \
	VPSRLQ $1, q, q      \
	VPSLLQ $63, q, q     \
	XOR(q, x, x)         \
	XOR(t, q, q)         \
	XOR(q, z, z)         \
	VMULPD r, z, z       \
	VMULPD r, x, x

// The whole. n = 2⁵³ - u is of words 0 and 1; v, of words 2 and 3, waits where its numbers
// will be.
#define NORMALS \
	MOVQ dst+0(FP), DI      \
	MOVQ groups+8(FP), CX   \
	MOVQ first+16(FP), R8   \
	MOVQ keys+24(FP), SI    \
	MOVQ c+32(FP), DX       \
group: \
	VMOVQ  R8, X0          \
	LEAQ   LANES(R8), R9   \
	VMOVQ  R9, X6          \
	VPBROADCASTQ X0, V0    \
	VPBROADCASTQ X6, V6    \
	VPADDQ C(36), V0, V0   \
	VPADDQ C(36), V6, V6   \
	LOAD(C(0), V14)        \
	LOAD(C(1), V12)        \
	KEYS(0)                \
	FIRST(V0, V1, V2, V3)  \
	FIRST(V6, V7, V8, V9)  \
	ODD(1)                 \
	EVEN(2)                \
	ODD(3)                 \
	EVEN(4)                \
	ODD(5)                 \
	EVEN(6)                \
	ODD(7)                 \
	EVEN(8)                \
	ODD(9)                 \
	BITS(V0, V5)           \
	BITS(V6, V11)          \
	BITS(V2, V4)           \
	BITS(V8, V10)          \
	LOAD(V2, (DI))         \
	LOAD(V8, (16*LANES)(DI)) \
	LOAD(C(37), V1)        \
	VPSUBQ V0, V1, V0      \
	VPSUBQ V6, V1, V7      \
	LOG1(V0, V1, V2)       \
	LOG1(V7, V8, V9)       \
	LOG2(V0, V2, V3, V4)   \
	LOG2(V7, V9, V10, V11) \
	LOG3(V3, V4, V5, V6)   \
	LOG3(V10, V11, V12, V13) \
	LOG4(V0, V1, V2, V5, V6, V4) \
	LOG4(V7, V8, V9, V12, V13, V11) \
	LOAD((DI), V2)         \
	LOAD((16*LANES)(DI), V9) \
	ANGLE(V1, V2, V3)      \
	ANGLE(V8, V9, V10)     \
	SINE(V2, V3, V4, V6)   \
	SINE(V9, V10, V11, V13) \
	COSINE(V3, V5, V6)     \
	COSINE(V10, V12, V13)  \
	TURN(V0, V1, V4, V5, V2, V3, V6) \
	PAIRS(V2, V3, V4, V5, 0) \
	TURN(V7, V8, V11, V12, V9, V10, V13) \
	PAIRS(V9, V10, V11, V12, 16*LANES) \
	ADDQ $(2*LANES), R8    \
	ADDQ $(32*LANES), DI   \
	DECQ CX                \
	JNZ  group             \
	VZEROUPPER             \
	RET
