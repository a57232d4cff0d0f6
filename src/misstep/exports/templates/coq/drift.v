(* ======================================================================== *)
(* Drifts: the gradients repeat a word, and each period moves x by d          *)
(* ======================================================================== *)

(* ---- A repeated tail. ---- *)
Lemma forth_inside : forall (F : R -> R) a T t, 0 < T -> F a = F (a + T) -> a <= t -> F (forth a T t) = F t.
Proof.
  intros F a T t P E H. unfold forth.
  pose proof (back_inside (fun u => F (- u)) (- a) T (- t) P) as B. cbv beta in B.
  rewrite !Ropp_involutive in B. apply B; [|lra]. rewrite E. f_equal. ring.
Qed.
Definition check_parts (f : piecewise) : bool := (check_right f && check_left f)%bool.
Lemma inside_left : forall f c t, check_parts f = true -> (c = shape f \/ c = slope_line (shape f)) ->
  Q2R (base (shape f)) <= t -> extended f (along c) t = half_done f c t.
Proof.
  unfold check_parts. intros f c t H C T. apply andb_true_iff in H. destruct H as [K L].
  unfold extended. fold (half_done f c). unfold repeat_left. destruct (left_period f) as [U|] eqn:E; auto.
  destruct (left_facts f c U E K L C) as (P & _ & V). apply forth_inside; auto.
Qed.
(* Where x must be, on the side to which the run drifts, for the gradient to repeat. *)
Definition on_side (f : piecewise) (to_right : bool) (X : itv) : bool :=
  if to_right then match right_period f with Some T => qle (qsub (last_knot (shape f)) T) (fst X) | None => false end
  else match left_period f with Some T => qle (snd X) (qadd (base (shape f)) T) | None => false end.
(* d is n times the period. *)
Definition multiple (f : piecewise) (to_right : bool) (n : positive) (d : Q) : bool :=
  if to_right then match right_period f with Some T => qeq d (qmul (Zpos n # 1) T) | None => false end
  else match left_period f with Some T => qeq d (qmul (Zneg n # 1) T) | None => false end.
Lemma slope_repeats : forall f to_right n d X x j, check_parts f = true -> multiple f to_right n d = true ->
  on_side f to_right X = true -> within X x -> slope f (x + INR j * Q2R d) = slope f x.
Proof.
  intros f to_right n d X x j H M S W. pose proof H as H'. unfold check_parts in H'. apply andb_true_iff in H'.
  destruct H' as [K L]. unfold on_side, multiple in *. destruct to_right.
  - destruct (right_period f) as [T|] eqn:E; [|discriminate]. bools. to_R. unfold within in W.
    destruct (right_facts f (slope_line (shape f)) T E K) as (P & B & _); auto.
    assert (D : INR j * Q2R d = IZR (Z.of_nat j * Zpos n) * Q2R T)
      by (rewrite M, int_R, mult_IZR, <- INR_IZR_INZ; ring).
    assert (0 <= IZR (Z.of_nat j * Zpos n)) by (apply IZR_le; lia).
    assert (0 <= INR j * Q2R d) by (rewrite D; apply Rmult_le_pos; lra).
    unfold slope. rewrite !inside_left by (auto; lra). unfold half_done, repeat_right. rewrite E, D. f_equal.
    apply back_period; try lra. lia.
  - destruct (left_period f) as [T|] eqn:E; [|discriminate]. bools. to_R. unfold within in W.
    destruct (left_facts f (slope_line (shape f)) T E K L) as (P & B & _); auto.
    assert (D : INR j * Q2R d = - (IZR (Z.of_nat j * Zpos n) * Q2R T))
      by (rewrite M, int_R, mult_IZR, <- INR_IZR_INZ; change (Zneg n) with (- Zpos n)%Z; rewrite opp_IZR; ring).
    unfold slope, extended, repeat_left. rewrite E. f_equal. unfold forth. f_equal. rewrite D.
    replace (- (x + - (IZR (Z.of_nat j * Zpos n) * Q2R T))) with (- x + IZR (Z.of_nat j * Zpos n) * Q2R T) by ring.
    apply back_period; try lra. lia.
Qed.

(* ---- What is computed: the steps before K, and one period from anywhere in the box. ---- *)
Fixpoint first_steps (f : piecewise) (c : Q) (m0 m : method) (ps : list itv) (n : nat) (X : itv) (S : list itv) :
  option (itv * list itv) := match n with
  | O => Some (X, S)
  | Datatypes.S n => bind (slope_range f X) (fun G =>
      if qle c (fst (iabs G)) then bind (iafter m0 ps S G) (fun r => first_steps f c m m ps n (iadd X (snd r)) (fst r))
      else None)
  end.
Fixpoint one_period (f : piecewise) (c : Q) (side : bool) (m : method) (ps : list itv) (word : list Q) (X : itv)
  (S : list itv) : option (list Q * list itv) := match word with
  | nil => Some (nil, S)
  | w :: rest =>
    if (match slope_range f X with Some G => qeq (fst G) w && qeq (snd G) w | None => false end &&
        qle c (fst (iabs (point w))) && on_side f side X)%bool then
      bind (iafter m ps S (point w)) (fun r => if is_point (snd r) then
        bind (one_period f c side m ps rest (iadd X (snd r)) (fst r)) (fun t => Some (fst (snd r) :: fst t, snd t))
      else None)
    else None
  end.
Definition total (l : list Q) : Q := fold_right qadd 0%Q l.
Definition check_drift (f : piecewise) (c : Q) (m0 m : method) (ps : list itv) (X : itv) (S : list itv) (K : nat)
  (word : list Q) (box : list itv) (side : bool) (n : positive) (d : Q) : bool :=
  match first_steps f c m0 m ps K X S with None => false | Some (XK, SK) =>
    match one_period f c side m ps word XK box with None => false | Some (steps, box') =>
      subsets SK box && subsets box' box && qeq (total steps) d && multiple f side n d && (1 <=? K)%nat &&
      (1 <=? length word)%nat
    end
  end.

Lemma first_steps_in : forall fn m M f c m' ps qs x s, check_function m M f = true -> all_within ps qs ->
  forall n m0 k X S0 XK SK, (forall i, (i < n)%nat -> after (match i with O => m0 | S _ => m' end) qs (s (k + i)%nat)
     (slope f (x (k + i)%nat)) = (s (S (k + i)), x (S (k + i)) - x (k + i)%nat)) ->
  first_steps f c m0 m' ps n X S0 = Some (XK, SK) -> within X (x k) -> all_within S0 (s k) -> fn = slope f ->
  within XK (x (k + n)%nat) /\ all_within SK (s (k + n)%nat) /\
  forall i, (i < n)%nat -> Q2R c <= Rabs (fn (x (k + i)%nat)).
Proof.
  intros fn m M f c m' ps qs x s F P. induction n; intros m0 k X S0 XK SK A E W V ->; cbn in E.
  - injection E as <- <-. rewrite Nat.add_0_r. split; [auto|split; [auto|]]. intros i I. lia.
  - destruct (slope_range f X) as [G|] eqn:EG; [|discriminate]. cbn in E.
    destruct (qle c (fst (iabs G))) eqn:Ec; [|discriminate].
    destruct (iafter m0 ps S0 G) as [[S1 st]|] eqn:Ea; [|discriminate]. cbn in E.
    pose proof (range_sound m M f (slope_line (shape f)) F (or_intror eq_refl) _ _ _ EG W) as WG.
    fold (slope f) in WG.
    destruct (iafter_in _ _ _ _ _ _ _ _ _ P V WG Ea) as [V1 W1].
    pose proof (A O ltac:(lia)) as A0. cbn in A0. rewrite Nat.add_0_r in A0. rewrite A0 in V1, W1. cbn in V1, W1.
    assert (Wx : within (iadd X st) (x (S k))).
    { replace (x (S k)) with (x k + (x (S k) - x k)) by ring. apply iadd_in; auto. }
    destruct (IHn m' (S k) (iadd X st) S1 XK SK) as (R1 & R2 & R3); auto.
    { intros i I. specialize (A (S i) ltac:(lia)). rewrite Nat.add_succ_r in A. cbn in A |- *.
      replace (match i with O => m' | S _ => m' end) with m' by (destruct i; auto). exact A. }
    rewrite Nat.add_succ_r. cbn in R1, R2, R3. split; [auto|split; [auto|]]. intros [|i] I.
    + rewrite Nat.add_0_r. apply iabs_in in WG. bools. unfold within in WG. lra.
    + rewrite Nat.add_succ_r. apply R3. lia.
Qed.

Lemma one_period_in : forall m M f c side m' ps qs x s n d, check_function m M f = true -> all_within ps qs ->
  multiple f side n d = true ->
  forall word X S0 j k steps S', (forall i, after m' qs (s (k + i)%nat) (slope f (x (k + i)%nat)) =
      (s (S (k + i)), x (S (k + i)) - x (k + i)%nat)) ->
  one_period f c side m' ps word X S0 = Some (steps, S') ->
  within X (x k - INR j * Q2R d) -> all_within S0 (s k) ->
  x (k + length word)%nat = x k + Q2R (total steps) /\ all_within S' (s (k + length word)%nat) /\
  (forall i, (i < length word)%nat -> x (k + i)%nat = x k + Q2R (total (firstn i steps)) /\
     slope f (x (k + i)%nat) = Q2R (nth i word 0%Q) /\ Q2R c <= Rabs (slope f (x (k + i)%nat))).
Proof.
  intros m M f c side m' ps qs x s n d F P D. induction word as [|w word IH]; intros X S0 j k steps S' A E W V; cbn in E.
  - injection E as <- <-. cbn. rewrite Nat.add_0_r, zero_R, Rplus_0_r. split; [auto|split; [auto|]]. intros; lia.
  - destruct (match slope_range f X with Some G => (qeq (fst G) w && qeq (snd G) w)%bool | None => false end && qle c (fst (iabs (point w)))
      && on_side f side X)%bool eqn:C; [|discriminate].
    apply andb_true_iff in C. destruct C as [C Cs]. apply andb_true_iff in C. destruct C as [C Cc].
    destruct (slope_range f X) as [G|] eqn:EG; [|discriminate].
    destruct (iafter m' ps S0 (point w)) as [[S1 st]|] eqn:Ea; [|discriminate]. cbn in E.
    destruct (is_point st) eqn:Ep; [|discriminate].
    destruct (one_period f c side m' ps word (iadd X st) S1) as [[steps1 S2]|] eqn:Er; [|discriminate].
    cbn in E. injection E as <- <-.
    pose proof (range_sound m M f (slope_line (shape f)) F (or_intror eq_refl) _ _ _ EG W) as WG. fold (slope f) in WG.
    assert (g : slope f (x k) = Q2R w).
    { replace (x k) with (x k - INR j * Q2R d + INR j * Q2R d) by ring.
      assert (check_parts f = true).
      { unfold check_function in F. unfold check_parts. apply andb_true_iff in F. destruct F as [F ->].
        apply andb_true_iff in F. destruct F as [_ ->]. auto. }
      rewrite (slope_repeats f side n d X); auto. bools. unfold within in WG. lra. }
    pose proof (A O) as A0. rewrite Nat.add_0_r, g in A0.
    destruct (iafter_in _ _ _ _ _ _ _ _ _ P V (point_in w) Ea) as [V1 W1]. rewrite A0 in V1, W1. cbn in V1, W1.
    assert (Es : x (S k) = x k + Q2R (fst st)).
    { unfold is_point in Ep. bools. unfold within in W1. lra. }
    destruct (IH (iadd X st) S1 j (S k) steps1 S2) as (R1 & R2 & R3); auto.
    { intro i. specialize (A (S i)). rewrite Nat.add_succ_r in A. cbn. auto. }
    { replace (x (S k) - INR j * Q2R d) with (x k - INR j * Q2R d + (x (S k) - x k)) by ring. apply iadd_in; auto. }
    cbn [length total fold_right]. rewrite Nat.add_succ_r. cbn in R1, R2, R3. to_R. fold (total steps1).
    split; [rewrite R1; lra|]. split; auto. intros [|i] I; cbn [firstn nth].
    + rewrite Nat.add_0_r. cbn [total fold_right]. rewrite zero_R, g. split; [lra|]. split; auto.
      pose proof (iabs_in _ _ (point_in w)) as Ia. bools. unfold within in Ia. lra.
    + rewrite Nat.add_succ_r. destruct (R3 i) as (T1 & T2 & T3); [cbn in I; lia|]. split; [|split; auto].
      cbn [total fold_right]. to_R. fold (total (firstn i steps1)). rewrite T1. lra.
Qed.

Definition drifts (f : piecewise) (x : nat -> R) (K p : nat) (c d : R) (word : list R) : Prop :=
  (forall k, c <= Rabs (slope f (x k))) /\
  (forall k, (K <= k)%nat -> x (k + p)%nat = x k + d) /\
  (forall k, (K <= k)%nat -> slope f (x k) = nth ((k - K) mod p) word 0).

Theorem drift : forall m M f c m0 m' ps X S K word box side n d,
  check_function m M f = true -> check_drift f c m0 m' ps X S K word box side n d = true ->
  forall qs x s, all_within ps qs -> run_of f m0 m' qs x s -> within X (x O) -> all_within S (s O) ->
  drifts f x K (length word) (Q2R c) (Q2R d) (map Q2R word).
Proof.
  unfold check_drift, run_of. intros m M f c m0 m' ps X S0 K word box side n d F H qs x s P A W V.
  destruct (first_steps f c m0 m' ps K X S0) as [[XK SK]|] eqn:E1; [|discriminate].
  destruct (one_period f c side m' ps word XK box) as [[steps box']|] eqn:E2; [|discriminate].
  apply andb_true_iff in H. destruct H as [H L]. apply andb_true_iff in H. destruct H as [H K1].
  apply andb_true_iff in H. destruct H as [H D]. apply andb_true_iff in H. destruct H as [H Ds].
  apply andb_true_iff in H. destruct H as [B1 B2]. apply Nat.leb_le in L, K1. apply qeq_R in Ds.
  destruct (first_steps_in (slope f) m M f c m' ps qs x s F P K m0 O X S0 XK SK) as (WK & VK & CK); auto.
  cbn in WK, VK, CK. set (p := length word) in *.
  assert (A' : forall k, (1 <= k)%nat -> forall i, after m' qs (s (k + i)%nat) (slope f (x (k + i)%nat)) =
    (s (Datatypes.S (k + i)), x (Datatypes.S (k + i)) - x (k + i)%nat)).
  { intros [|k] I i; [lia|]. apply (A (Datatypes.S k + i)%nat). }
  assert (Q : forall j, x (K + j * p)%nat = x K + INR j * Q2R d /\ all_within box (s (K + j * p)%nat)).
  { induction j.
    - cbn. rewrite Nat.add_0_r. split; [ring|]. apply (subsets_in SK); auto.
    - destruct IHj as [Xj Bj].
      destruct (one_period_in m M f c side m' ps qs x s n d F P D word XK box j (K + j * p)%nat steps box') as (R1 & R2 & _);
        auto; [apply A'; lia|rewrite Xj; replace (x K + INR j * Q2R d - INR j * Q2R d) with (x K) by ring; auto|].
      fold p in R1, R2. replace (K + Datatypes.S j * p)%nat with (K + j * p + p)%nat by lia. split.
      + rewrite R1, Xj, Ds, S_INR. ring.
      + apply (subsets_in box'); auto. }
  assert (Z : forall k, (K <= k)%nat -> exists j i, k = (K + j * p + i)%nat /\ (i < p)%nat /\ i = ((k - K) mod p)%nat).
  { intros k I. exists ((k - K) / p)%nat, ((k - K) mod p)%nat.
    pose proof (Nat.div_mod (k - K) p ltac:(lia)). pose proof (Nat.mod_upper_bound (k - K) p ltac:(lia)).
    split; [|split]; auto. rewrite (Nat.mul_comm _ p). lia. }
  assert (Y : forall j i, (i < p)%nat -> x (K + j * p + i)%nat = x K + INR j * Q2R d + Q2R (total (firstn i steps)) /\
     slope f (x (K + j * p + i)%nat) = Q2R (nth i word 0%Q) /\ Q2R c <= Rabs (slope f (x (K + j * p + i)%nat))).
  { intros j i I. destruct (Q j) as [Xj Bj].
    destruct (one_period_in m M f c side m' ps qs x s n d F P D word XK box j (K + j * p)%nat steps box') as (_ & _ & R3);
      auto; [apply A'; lia|rewrite Xj; replace (x K + INR j * Q2R d - INR j * Q2R d) with (x K) by ring; auto|].
    destruct (R3 i I) as (T1 & T2 & T3). rewrite T1, Xj in *. auto. }
  repeat split.
  - intro k. destruct (Nat.lt_ge_cases k K) as [I|I]; [apply CK; auto|].
    destruct (Z k I) as (j & i & -> & Ii & _). apply Y; auto.
  - intros k I. destruct (Z k I) as (j & i & -> & Ii & _).
    replace (K + j * p + i + p)%nat with (K + Datatypes.S j * p + i)%nat by lia.
    destruct (Y j i Ii) as [-> _]. destruct (Y (Datatypes.S j) i Ii) as [-> _]. rewrite S_INR. ring.
  - intros k I. destruct (Z k I) as (j & i & Ek & Ii & <-). rewrite Ek. destruct (Y j i Ii) as (_ & -> & _).
    rewrite <- zero_R. symmetry. apply (map_nth Q2R).
Qed.

(* It leaves every bounded set. *)
Lemma escapes_right : forall (x : nat -> R) K p d, (1 <= p)%nat -> 0 < d ->
  (forall k, (K <= k)%nat -> x (k + p)%nat = x k + d) -> forall B, exists N, forall k, (N <= k)%nat -> B < x k.
Proof.
  intros x K p d P D H B.
  assert (low : forall n, exists A, forall i, (i < n)%nat -> A <= x (K + i)%nat).
  { induction n as [|n [A IH]]; [exists 0; intros; lia|]. exists (Rmin A (x (K + n)%nat)). intros i I.
    destruct (Nat.eq_dec i n) as [->|N]; [apply Rmin_r|]. apply Rle_trans with A; [apply Rmin_l|]. apply IH. lia. }
  destruct (low p) as [A HA]. clear low.
  assert (J : forall j i, x (K + i + j * p)%nat = x (K + i)%nat + INR j * d).
  { induction j; intro i; [cbn; rewrite Nat.add_0_r; ring|].
    replace (K + i + S j * p)%nat with (K + i + j * p + p)%nat by lia. rewrite H by lia. rewrite IHj, S_INR. ring. }
  destruct (archimed ((B - A) / d)) as [U _]. set (n := Z.to_nat (up ((B - A) / d))).
  assert (Hn : (B - A) / d < INR n).
  { apply Rlt_le_trans with (1 := U). unfold n. rewrite INR_IZR_INZ. apply IZR_le. lia. }
  assert (Hd : B - A < INR n * d).
  { apply Rmult_lt_compat_r with (r := d) in Hn; auto. unfold Rdiv in Hn. rewrite Rmult_assoc, Rinv_l in Hn by lra. lra. }
  exists (K + n * p)%nat. intros k I. set (j := ((k - K) / p)%nat). set (i := ((k - K) mod p)%nat).
  pose proof (Nat.div_mod (k - K) p ltac:(lia)) as E. fold j i in E.
  assert (Hi : (i < p)%nat) by (apply Nat.mod_upper_bound; lia).
  replace k with (K + i + j * p)%nat by nia. rewrite J. specialize (HA i Hi).
  assert (n <= j)%nat by (apply Nat.div_le_lower_bound; nia).
  assert (INR n * d <= INR j * d) by (apply Rmult_le_compat_r; [lra|]; apply le_INR; auto). lra.
Qed.
Theorem escapes : forall (x : nat -> R) K p d, (1 <= p)%nat -> d <> 0 ->
  (forall k, (K <= k)%nat -> x (k + p)%nat = x k + d) -> forall B, exists N, forall k, (N <= k)%nat -> B < Rabs (x k).
Proof.
  intros x K p d P D H B. destruct (Rdichotomy _ _ D) as [L|L].
  - destruct (escapes_right (fun k => - x k) K p (- d)) with (B := B) as [N HN]; auto; [lra| |].
    + intros k I. rewrite H by auto. ring.
    + exists N. intros k I. apply Rlt_le_trans with (1 := HN k I). rewrite <- Rabs_Ropp. apply Rle_abs.
  - destruct (escapes_right x K p d P L H B) as [N HN]. exists N. intros k I.
    apply Rlt_le_trans with (1 := HN k I). apply Rle_abs.
Qed.
