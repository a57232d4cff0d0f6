(* ======================================================================== *)
(* Functions of one variable, by their pieces                                *)
(* ======================================================================== *)

(* Pieces from the knot b on: (k, p) is the polynomial p in t - b for b <= t <= k; r goes on above the last knot. *)
Fixpoint pieces (b : Q) (l : list (Q * list Q)) (r : list Q) (t : R) : R := match l with
  | nil => poly r (t - Q2R b)
  | (k, p) :: l' => if Rle_dec t (Q2R k) then poly p (t - Q2R b) else pieces k l' r t
  end.
(* A line of pieces: polynomials in t - base to the left of the first knot, then between the knots, then beyond. *)
Record line := { base : Q; left : list Q; middle : list (Q * list Q); right : list Q }.
Definition along (c : line) (t : R) : R :=
  if Rle_dec t (Q2R (base c)) then poly (left c) (t - Q2R (base c)) else pieces (base c) (middle c) (right c) t.
Definition slope_line (c : line) : line :=
  {| base := base c; left := derivative (left c);
     middle := map (fun kp => (fst kp, derivative (snd kp))) (middle c); right := derivative (right c) |}.

(* t, moved below e by a multiple of T if it is not below; and its mirror image, t moved above e. *)
Definition back (e T t : R) : R := if Rlt_dec t (e - T) then t else t - T * IZR (Int_part ((t - (e - T)) / T)).
Definition forth (e T t : R) : R := - back (- e) T (- t).
(* A tail that repeats has a period. *)
Definition repeat_right (F : R -> R) (e : R) (period : option Q) (t : R) : R :=
  match period with None => F t | Some T => F (back e (Q2R T) t) end.
Definition repeat_left (F : R -> R) (e : R) (period : option Q) (t : R) : R :=
  match period with None => F t | Some T => F (forth e (Q2R T) t) end.
Definition last_knot (c : line) : Q := fst (last (middle c) (base c, nil)).
Definition whole (c : line) (left_period right_period : option Q) : R -> R :=
  repeat_left (repeat_right (along c) (Q2R (last_knot c)) right_period) (Q2R (base c)) left_period.

(* ---- What is proved of them: G is the derivative of F, and its slopes lie between m and M. ---- *)
Definition smooth (P : R -> Prop) (d m M L : R) (F G : R -> R) : Prop :=
  (-L <= m /\ M <= L /\ 0 <= L) /\
  (forall x y, P x -> P y -> x <= y -> m * (y - x) <= G y - G x <= M * (y - x)) /\
  (forall x y, P x -> P y -> x <= y <= x + d -> Rabs (F y - F x - (y - x) * G x) <= L * ((y - x) * (y - x))).
Definition everywhere (_ : R) : Prop := True.
Definition convex (P : R -> Prop) : Prop := forall x y z, P x -> P z -> x <= y <= z -> P y.

Lemma abs_le : forall a b, -b <= a <= b -> Rabs a <= b.
Proof. intros. unfold Rabs. destruct (Rcase_abs a); lra. Qed.
Lemma abs_ge : forall a b, Rabs a <= b -> -b <= a <= b.
Proof. intros a b. unfold Rabs. destruct (Rcase_abs a); lra. Qed.

Lemma smooth_poly : forall p b P d m M L, convex P -> -L <= m -> M <= L -> 0 <= L ->
  (forall t, P t -> m <= poly (derivative (derivative p)) (t - b) <= M) ->
  smooth P d m M L (fun t => poly p (t - b)) (fun t => poly (derivative p) (t - b)).
Proof.
  intros p b P d m M L C A B N H.
  assert (S : forall x y, P x -> P y -> x <= y ->
    m * (y - x) <= poly (derivative p) (y - b) - poly (derivative p) (x - b) <= M * (y - x)).
  { intros x y X Y [E|<-]; [|lra].
    destruct (MVT_cor2 (fun t => poly (derivative p) (t - b)) (fun t => poly (derivative (derivative p)) (t - b)) x y E)
      as (c & V & I); [intros; apply shifted_derivable, poly_derivable|]. rewrite V.
    specialize (H c (C x c y X Y (conj (Rlt_le _ _ (proj1 I)) (Rlt_le _ _ (proj2 I))))).
    split; apply Rmult_le_compat_r; lra. }
  split; [auto|]. split; [exact S|]. intros x y X Y [[E|<-] _].
  2: { rewrite !Rminus_diag_eq by ring. rewrite !Rmult_0_l, Rabs_R0. lra. }
  destruct (MVT_cor2 (fun t => poly p (t - b)) (fun t => poly (derivative p) (t - b)) x y E)
    as (c & V & I); [intros; apply shifted_derivable, poly_derivable|]. rewrite V.
  specialize (S x c X (C x c y X Y (conj (Rlt_le _ _ (proj1 I)) (Rlt_le _ _ (proj2 I)))) (Rlt_le _ _ (proj1 I))).
  set (g := poly (derivative p) (c - b)) in *. set (h := poly (derivative p) (x - b)) in *. clearbody g h.
  replace (g * (y - x) - (y - x) * h) with ((y - x) * (g - h)) by ring.
  assert (- L * (y - x) <= g - h <= L * (y - x)) by nra.
  apply abs_le. replace (L * ((y - x) * (y - x))) with ((y - x) * (L * (y - x))) by ring.
  split; [|apply Rmult_le_compat_l; lra].
  replace (- (L * (y - x))) with (- L * (y - x)) by ring.
  replace (- ((y - x) * (L * (y - x)))) with ((y - x) * (- L * (y - x))) by ring. apply Rmult_le_compat_l; lra.
Qed.

Lemma smooth_same : forall (P : R -> Prop) d m M L F G F' G', (forall t, P t -> F t = F' t /\ G t = G' t) ->
  smooth P d m M L F' G' -> smooth P d m M L F G.
Proof.
  intros P d m M L F G F' G' E (A & B & C). split; [auto|]. split; intros x y X Y; destruct (E x X) as [E1 E2],
    (E y Y) as [E3 E4]; rewrite ?E1, ?E2, ?E3, ?E4; auto.
Qed.

(* Two steps of a length of a and b with slopes in between are a step of a + b. *)
Lemma two_steps : forall L a b u v s, 0 <= a -> 0 <= b -> 0 <= L -> Rabs u <= L * (a * a) -> Rabs v <= L * (b * b) ->
  - L * a <= s <= L * a -> Rabs (u + v + b * s) <= L * ((a + b) * (a + b)).
Proof.
  intros L a b u v s A B N U V S. apply abs_ge in U, V.
  assert (- (b * (L * a)) <= b * s <= b * (L * a)).
  { split; [|apply Rmult_le_compat_l; lra]. replace (- (b * (L * a))) with (b * (- L * a)) by ring.
    apply Rmult_le_compat_l; lra. }
  assert (0 <= L * (a * b)) by (apply Rmult_le_pos; [|apply Rmult_le_pos]; lra).
  apply abs_le. lra.
Qed.
Lemma weaken : forall m M L a s, -L <= m -> M <= L -> 0 <= a -> m * a <= s <= M * a -> - L * a <= s <= L * a.
Proof. intros. assert (- L * a <= m * a) by nra. assert (M * a <= L * a) by nra. lra. Qed.

Lemma smooth_glue : forall (P : R -> Prop) k d m M L F G, P k -> 
  smooth (fun t => P t /\ t <= k) d m M L F G -> smooth (fun t => P t /\ k <= t) d m M L F G -> smooth P d m M L F G.
Proof.
  intros P k d m M L F G K (N & A & B) (_ & C & D). split; [auto|]. split; intros x y X Y H.
  - destruct (Rle_dec y k); [apply A; auto|]. 2: destruct (Rle_dec k x); [apply C; auto|].
    + split; auto. lra.
    + split; auto. lra.
    + assert (m * (k - x) <= G k - G x <= M * (k - x)) by (apply A; repeat split; auto; lra).
      assert (m * (y - k) <= G y - G k <= M * (y - k)) by (apply C; repeat split; auto; lra). lra.
  - destruct (Rle_dec y k); [apply B; repeat split; auto; lra|].
    destruct (Rle_dec k x); [apply D; repeat split; auto; lra|].
    replace (F y - F x - (y - x) * G x) with
      ((F k - F x - (k - x) * G x) + (F y - F k - (y - k) * G k) + (y - k) * (G k - G x)) by ring.
    replace (y - x) with ((k - x) + (y - k)) by ring.
    apply two_steps; try lra.
    + apply B; repeat split; auto; lra.
    + apply D; repeat split; auto; lra.
    + apply weaken with m M; try lra. apply A; repeat split; auto; lra.
Qed.

Lemma smooth_mirror : forall d m M L F G, smooth everywhere d m M L F G ->
  smooth everywhere d m M (2 * L) (fun t => F (- t)) (fun t => - G (- t)).
Proof.
  intros d m M L F G (N & A & B). split; [lra|]. split; intros x y _ _ H.
  - specialize (A (- y) (- x) I I ltac:(lra)). lra.
  - specialize (A (- y) (- x) I I ltac:(lra)). specialize (B (- y) (- x) I I ltac:(lra)).
    replace (- x - - y) with (y - x) in * by ring.
    apply weaken with (L := L) in A; try lra. apply abs_ge in B. apply abs_le.
    assert (- (L * ((y - x) * (y - x))) <= (y - x) * (G (- x) - G (- y)) <= L * ((y - x) * (y - x))).
    { replace (L * ((y - x) * (y - x))) with ((y - x) * (L * (y - x))) by ring.
      replace (- ((y - x) * (L * (y - x)))) with ((y - x) * (- L * (y - x))) by ring.
      split; apply Rmult_le_compat_l; lra. }
    lra.
Qed.

(* ---- Repetition. ---- *)
Lemma int_part_unique : forall r z, IZR z <= r < IZR z + 1 -> Int_part r = z.
Proof.
  intros r z H. destruct (base_Int_part r) as [A B].
  assert (Int_part r < z + 1)%Z by (apply lt_IZR; rewrite plus_IZR; lra).
  assert (z < Int_part r + 1)%Z by (apply lt_IZR; rewrite plus_IZR; lra). lia.
Qed.
Lemma back_spec : forall e T t, 0 < T -> exists n : Z, (0 <= n)%Z /\ back e T t = t - IZR n * T /\ back e T t < e /\
  (t < e - T /\ n = 0%Z \/ e - T <= back e T t).
Proof.
  intros e T t P. unfold back. destruct (Rlt_dec t (e - T)) as [H|H].
  - exists 0%Z. repeat split; try lia; try lra. left. auto.
  - exists (Int_part ((t - (e - T)) / T)). set (r := (t - (e - T)) / T). destruct (base_Int_part r) as [A B].
    assert (E : t - (e - T) = r * T) by (unfold r; field; lra).
    assert (0 <= r) by (unfold r; apply Rmult_le_pos; [lra|left; apply Rinv_0_lt_compat; lra]).
    assert (-1 < Int_part r)%Z by (apply lt_IZR; lra).
    assert (IZR (Int_part r) * T <= r * T < (IZR (Int_part r) + 1) * T)
      by (split; [apply Rmult_le_compat_r|apply Rmult_lt_compat_r]; lra).
    repeat split; [lia|ring|lra|]. right. lra.
Qed.
Lemma back_period : forall e T t n, 0 < T -> e - T <= t -> (0 <= n)%Z -> back e T (t + IZR n * T) = back e T t.
Proof.
  intros e T t n P H N. assert (0 <= IZR n) by (apply IZR_le; auto). assert (0 <= IZR n * T) by (apply Rmult_le_pos; lra).
  unfold back. destruct (Rlt_dec _ _); [lra|]. destruct (Rlt_dec t (e - T)); [lra|].
  set (r := (t - (e - T)) / T). destruct (base_Int_part r).
  replace ((t + IZR n * T - (e - T)) / T) with (r + IZR n) by (unfold r; field; lra).
  rewrite (int_part_unique (r + IZR n) (Int_part r + n)) by (rewrite plus_IZR; lra).
  rewrite plus_IZR. ring.
Qed.
Lemma back_inside : forall (F : R -> R) e T t, 0 < T -> F e = F (e - T) -> t <= e -> F (back e T t) = F t.
Proof.
  intros F e T t P E [H|H].
  - f_equal. unfold back. destruct (Rlt_dec t (e - T)); auto.
    rewrite (int_part_unique _ 0); [ring|]. split.
    + apply Rmult_le_pos; [lra|left; apply Rinv_0_lt_compat; lra].
    + apply Rmult_lt_reg_r with T; auto. unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. lra.
  - subst t. rewrite E. f_equal.
    assert (V : back e T (e - T + IZR 1 * T) = back e T (e - T)) by (apply back_period; try lra; lia).
    replace (e - T + IZR 1 * T) with e in V by ring. rewrite V. unfold back. destruct (Rlt_dec (e - T) (e - T)); [lra|].
    replace ((e - T - (e - T)) / T) with 0 by (field; lra). rewrite (int_part_unique 0 0) by lra. ring.
Qed.

Lemma smooth_back : forall e T d m M L F G, 0 < T -> 0 < d -> F e = F (e - T) -> G e = G (e - T) ->
  smooth everywhere d m M L F G ->
  smooth everywhere (Rmin d T) m M L (fun t => F (back e T t)) (fun t => G (back e T t)).
Proof.
  intros e T d m M L F G P Dp EF EG (N & A & B).
  assert (MM : m <= 0 <= M).
  { specialize (A (e - T) e I I ltac:(lra)). rewrite EG in A. replace (e - (e - T)) with T in A by ring. split; nra. }
  assert (K : forall x y, x <= y -> exists n : Z, (0 <= n)%Z /\ back e T x < e /\
    y - x = back e T y - back e T x + IZR n * T /\ (n = 0%Z \/ e - T <= back e T y)).
  { intros x y H. destruct (back_spec e T x P) as (i & Hi & Ei & Li & Ci). destruct (back_spec e T y P) as (j & Hj & Ej & Lj & Cj).
    exists (j - i)%Z. rewrite minus_IZR. split; [|repeat split; try lra].
    - assert (-1 < j - i)%Z; [|lia]. apply lt_IZR. rewrite minus_IZR. destruct Ci as [[_ ->]|Ci].
      + assert (0 <= IZR j) by (apply IZR_le; auto). lra.
      + apply Rmult_lt_reg_r with T; auto. lra.
    - destruct Cj as [[Cj ->]|Cj]; auto. left. destruct Ci as [[_ ->]|Ci]; auto.
      assert (0 <= IZR i * T) by (apply Rmult_le_pos; [apply IZR_le|]; auto; lra). lra. }
  split; [auto|]. split; intros x y _ _ H.
  - destruct (K x y H) as (n & Hn & Lx & E & C). destruct (Z.eq_dec n 0) as [->|Nn].
    + replace (y - x) with (back e T y - back e T x) by lra. apply A; unfold everywhere; auto. lra.
    + destruct C as [C|C]; [lia|].
      assert (1 <= IZR n) by (apply IZR_le; lia). assert (T <= IZR n * T) by (rewrite <- (Rmult_1_l T) at 1; apply Rmult_le_compat_r; lra).
      pose proof (A (back e T x) e I I ltac:(lra)) as A1. pose proof (A (e - T) (back e T y) I I ltac:(lra)) as A2.
      rewrite EG in A1. set (a := e - back e T x) in *. set (b := back e T y - (e - T)) in *.
      assert (a + b <= y - x) by (unfold a, b; lra).
      assert (m * (y - x) <= m * (a + b)) by nra. assert (M * (a + b) <= M * (y - x)) by nra. lra.
  - assert (Rmin d T <= d) by apply Rmin_l. assert (Rmin d T <= T) by apply Rmin_r.
    destruct (K x y ltac:(lra)) as (n & Hn & Lx & E & C). destruct (Z.eq_dec n 0) as [->|Nn].
    + replace (y - x) with (back e T y - back e T x) by lra. apply B; unfold everywhere; auto. lra.
    + destruct C as [C|C]; [lia|].
      assert (n < 2)%Z by (apply lt_IZR; apply Rmult_lt_reg_r with T; auto; lra).
      replace n with 1%Z in * by lia. set (p := back e T x) in *. set (q := back e T y) in *.
      replace (F q - F p - (y - x) * G p) with
        ((F e - F p - (e - p) * G p) + (F q - F (e - T) - (q - (e - T)) * G (e - T)) + (q - (e - T)) * (G e - G p))
        by (rewrite EF, EG, E; ring).
      replace (y - x) with ((e - p) + (q - (e - T))) by lra.
      apply two_steps; try lra.
      * apply B; unfold everywhere; auto. lra.
      * apply B; unfold everywhere; auto. lra.
      * apply weaken with m M; try lra. apply A; unfold everywhere; auto. lra.
Qed.

Lemma smooth_forth : forall e T d m M L F G, 0 < T -> 0 < d -> F e = F (e + T) -> G e = G (e + T) ->
  smooth everywhere d m M L F G ->
  smooth everywhere (Rmin d T) m M (2 * (2 * L)) (fun t => F (forth e T t)) (fun t => G (forth e T t)).
Proof.
  intros e T d m M L F G P Dp EF EG S. apply smooth_mirror in S.
  apply (smooth_back (- e) T) in S; auto.
  - apply smooth_mirror in S. apply smooth_same with (2 := S). intros t _. unfold forth. split; [auto|ring].
  - replace (- (- e - T)) with (e + T) by ring. rewrite Ropp_involutive. auto.
  - replace (- (- e - T)) with (e + T) by ring. rewrite Ropp_involutive. f_equal. auto.
Qed.

(* ---- What follows: a derivative, and its Lipschitz constant. ---- *)
Lemma smooth_derivable : forall d m M L F G, 0 < d -> smooth everywhere d m M L F G ->
  forall t, derivable_pt_lim F t (G t).
Proof.
  intros d m M L F G D S t eps E.
  assert (N : 0 <= L) by apply S.
  assert (P : 0 < Rmin d (eps / (2 * L + 1))) by (apply Rmin_pos; auto; apply Rdiv_lt_0_compat; lra).
  assert (Q : forall h, Rabs h <= d -> Rabs (F (t + h) - F t - h * G t) <= 2 * L * (h * h)).
  { intros h H. apply abs_ge in H. destruct (Rle_dec 0 h) as [Z|Z].
    - destruct S as (_ & _ & B). specialize (B t (t + h) I I ltac:(lra)).
      replace (t + h - t) with h in B by ring. assert (0 <= L * (h * h)) by nra. lra.
    - apply smooth_mirror in S. destruct S as (_ & _ & B). specialize (B (- t) (- t + - h) I I ltac:(lra)).
      rewrite Ropp_plus_distr, !Ropp_involutive in B. replace (- t + - h - - t) with (- h) in B by ring.
      replace (F (t + h) - F t - h * G t) with (F (t + h) - F t - - h * - G t) by ring.
      replace (h * h) with (- h * - h) by ring. auto. }
  exists (mkposreal _ P). intros h H0 H. cbn in H.
  assert (H1 : Rabs h < d) by (apply Rlt_le_trans with (1 := H), Rmin_l).
  assert (H2 : Rabs h < eps / (2 * L + 1)) by (apply Rlt_le_trans with (1 := H), Rmin_r).
  specialize (Q h (Rlt_le _ _ H1)).
  replace ((F (t + h) - F t) / h - G t) with ((F (t + h) - F t - h * G t) / h) by (field; auto).
  unfold Rdiv. rewrite Rabs_mult, Rabs_inv. assert (0 < Rabs h) by (apply Rabs_pos_lt; auto).
  apply Rmult_lt_reg_r with (Rabs h); auto. rewrite Rmult_assoc, Rinv_l by lra. rewrite Rmult_1_r.
  apply Rle_lt_trans with (1 := Q).
  replace (h * h) with (Rabs h * Rabs h) by (rewrite <- Rabs_mult; apply Rabs_right; nra).
  rewrite <- Rmult_assoc. apply Rmult_lt_compat_r; auto.
  apply Rmult_lt_compat_r with (r := 2 * L + 1) in H2; [|lra].
  unfold Rdiv in H2. rewrite Rmult_assoc, Rinv_l, Rmult_1_r in H2 by lra. nra.
Qed.
Lemma smooth_lipschitz : forall d m M L F G, 0 <= M -> m = - M -> smooth everywhere d m M L F G ->
  forall x y, Rabs (G x - G y) <= M * Rabs (x - y).
Proof.
  intros d m M L F G P -> (_ & A & _) x y. destruct (Rle_dec x y) as [H|H].
  - specialize (A x y I I H). rewrite (Rabs_left1 (x - y)) by lra. apply abs_le. lra.
  - specialize (A y x I I ltac:(lra)). rewrite (Rabs_right (x - y)) by lra. apply abs_le. lra.
Qed.
