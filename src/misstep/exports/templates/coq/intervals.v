(* ======================================================================== *)
(* Intervals with rational ends: what is computed, and why it may be believed *)
(* ======================================================================== *)

Open Scope R_scope.

(* The words in which recurrences are written. *)
Definition square (a : R) : R := a * a.
Definition mix (a b t : R) : R := (1 - t) * a + t * b.
Definition gain (beta p : R) : R := (1 - beta) / (1 - beta * p).
Definition ratio (beta p : R) : R := (1 - p) / (1 - beta * p).
Definition sign (a : R) : R := if Rlt_dec 0 a then 1 else if Rlt_dec a 0 then -1 else 0.

(* Rational arithmetic in lowest terms. *)
Definition qadd (a b : Q) : Q := Qred (a + b).
Definition qsub (a b : Q) : Q := Qred (a - b).
Definition qmul (a b : Q) : Q := Qred (a * b).
Definition qinv (a : Q) : Q := Qred (/ a).
Definition qle (a b : Q) : bool := Qle_bool a b.
Definition qlt (a b : Q) : bool := negb (Qle_bool b a).
Definition qeq (a b : Q) : bool := Qeq_bool a b.
Definition qmin (a b : Q) : Q := if qle a b then a else b.
Definition qmax (a b : Q) : Q := if qle a b then b else a.
Arguments qadd : simpl never.
Arguments qsub : simpl never.
Arguments qmul : simpl never.
Arguments qinv : simpl never.
Arguments qle : simpl never.
Arguments qlt : simpl never.
Arguments qeq : simpl never.
Arguments qmin : simpl never.
Arguments qmax : simpl never.
Arguments Q2R : simpl never.

Lemma red_R : forall a, Q2R (Qred a) = Q2R a.
Proof. intro a. apply Qeq_eqR, Qred_correct. Qed.
Lemma qadd_R : forall a b, Q2R (qadd a b) = Q2R a + Q2R b.
Proof. intros. unfold qadd. rewrite red_R. apply Q2R_plus. Qed.
Lemma qsub_R : forall a b, Q2R (qsub a b) = Q2R a - Q2R b.
Proof. intros. unfold qsub. rewrite red_R. apply Q2R_minus. Qed.
Lemma qmul_R : forall a b, Q2R (qmul a b) = Q2R a * Q2R b.
Proof. intros. unfold qmul. rewrite red_R. apply Q2R_mult. Qed.
Lemma qle_R : forall a b, qle a b = true -> Q2R a <= Q2R b.
Proof. intros a b H. apply Qle_Rle, Qle_bool_iff, H. Qed.
Lemma qlt_R : forall a b, qlt a b = true -> Q2R a < Q2R b.
Proof.
  intros a b H. unfold qlt in H. apply Qlt_Rlt, Qnot_le_lt. intro H'.
  apply Qle_bool_iff in H'. rewrite H' in H. discriminate.
Qed.
Lemma qle_false_R : forall a b, qle a b = false -> Q2R b < Q2R a.
Proof. intros a b H. apply qlt_R. unfold qlt. fold (qle a b). rewrite H. reflexivity. Qed.
Lemma qeq_R : forall a b, qeq a b = true -> Q2R a = Q2R b.
Proof. intros a b H. apply Qeq_eqR, Qeq_bool_iff, H. Qed.
Lemma int_R : forall z, Q2R (z # 1) = IZR z.
Proof. intro z. unfold Q2R. cbn [Qnum Qden]. field. Qed.
Lemma zero_R : Q2R 0 = 0.
Proof. apply int_R. Qed.
Lemma one_R : Q2R 1 = 1.
Proof. apply int_R. Qed.
Lemma qinv_R : forall a, Q2R a <> 0 -> Q2R (qinv a) = / Q2R a.
Proof.
  intros a H. unfold qinv. rewrite red_R. apply Q2R_inv. intro E. apply H.
  rewrite (Qeq_eqR _ _ E). apply zero_R.
Qed.
Lemma qmin_R : forall a b, Q2R (qmin a b) = Rmin (Q2R a) (Q2R b).
Proof.
  intros. unfold qmin. destruct (qle a b) eqn:E.
  - apply qle_R in E. rewrite Rmin_left; auto.
  - apply qle_false_R in E. rewrite Rmin_right; auto. lra.
Qed.
Lemma qmax_R : forall a b, Q2R (qmax a b) = Rmax (Q2R a) (Q2R b).
Proof.
  intros. unfold qmax. destruct (qle a b) eqn:E.
  - apply qle_R in E. rewrite Rmax_right; auto.
  - apply qle_false_R in E. rewrite Rmax_left; auto. lra.
Qed.

Ltac bools := repeat match goal with
  | H : (_ && _)%bool = true |- _ => apply andb_true_iff in H; destruct H
  | H : qle _ _ = true |- _ => apply qle_R in H
  | H : qlt _ _ = true |- _ => apply qlt_R in H
  | H : qle _ _ = false |- _ => apply qle_false_R in H
  | H : qeq _ _ = true |- _ => apply qeq_R in H
  end.
Ltac to_R := repeat progress rewrite ?qadd_R, ?qsub_R, ?qmul_R, ?qmin_R, ?qmax_R, ?zero_R, ?one_R in *.
Ltac minmax := unfold Rmin, Rmax in *; repeat match goal with
  | |- context [Rle_dec ?a ?b] => destruct (Rle_dec a b)
  | H : context [Rle_dec ?a ?b] |- _ => destruct (Rle_dec a b)
  end.

(* What may fail. *)
Definition bind {A B} (a : option A) (f : A -> option B) : option B := match a with Some x => f x | None => None end.
Definition map2 {A B C} (f : A -> B -> C) (a : option A) (b : option B) : option C :=
  bind a (fun x => bind b (fun y => Some (f x y))).

(* Intervals. *)
Definition itv := (Q * Q)%type.
Definition within (i : itv) (x : R) : Prop := Q2R (fst i) <= x <= Q2R (snd i).
Definition point (q : Q) : itv := (q, q).
Definition is_point (i : itv) : bool := qeq (fst i) (snd i).
Definition subset (i j : itv) : bool := (qle (fst j) (fst i) && qle (snd i) (snd j))%bool.
Definition hull (i j : itv) : itv := (qmin (fst i) (fst j), qmax (snd i) (snd j)).
Definition iadd (i j : itv) : itv := (qadd (fst i) (fst j), qadd (snd i) (snd j)).
Definition isub (i j : itv) : itv := (qsub (fst i) (snd j), qsub (snd i) (fst j)).
Definition iopp (i : itv) : itv := (qsub 0 (snd i), qsub 0 (fst i)).
Definition imul (i j : itv) : itv :=
  let a := qmul (fst i) (fst j) in let b := qmul (fst i) (snd j) in
  let c := qmul (snd i) (fst j) in let d := qmul (snd i) (snd j) in
  (qmin (qmin a b) (qmin c d), qmax (qmax a b) (qmax c d)).
Definition iinv (i : itv) : option itv :=
  if (qlt 0 (fst i) || qlt (snd i) 0)%bool then Some (qinv (snd i), qinv (fst i)) else None.
Definition imax (i j : itv) : itv := (qmax (fst i) (fst j), qmax (snd i) (snd j)).
Definition iabs (i : itv) : itv :=
  if qle 0 (fst i) then i else if qle (snd i) 0 then iopp i else (0%Q, qmax (qsub 0 (fst i)) (snd i)).
Definition isign (i : itv) : option itv :=
  if qlt 0 (fst i) then Some (point 1) else if qlt (snd i) 0 then Some (point (-1))
  else if (qeq (fst i) 0 && qeq (snd i) 0)%bool then Some (point 0) else None.
(* A root is guessed with integers, and the guess is then tested. *)
Definition root_down (q : Q) : Q := Qred (Z.sqrt (Qnum q * Zpos (Qden q) * 2 ^ 128) # (Qden q * 2 ^ 64)%positive).
Definition root_up (q : Q) : Q :=
  let r := root_down q in if qle q (qmul r r) then r else qadd r (1 # (2 ^ 60)%positive).
Definition isqrt (i : itv) : option itv :=
  let a := root_down (fst i) in let b := root_up (snd i) in
  if (qle 0 a && qle 0 b && qle (qmul a a) (fst i) && qle (snd i) (qmul b b))%bool then Some (a, b) else None.
Definition unit_itv : itv := (0%Q, 1%Q).
Definition meet_unit (i : itv) : itv := (qmax 0 (fst i), qmin 1 (snd i)).
Definition imix (i j t : itv) : itv :=
  let at_ s a b := qadd (qmul (qsub 1 s) a) (qmul s b) in
  (qmin (at_ (fst t) (fst i) (fst j)) (at_ (snd t) (fst i) (fst j)),
   qmax (at_ (fst t) (snd i) (snd j)) (at_ (snd t) (snd i) (snd j))).

Lemma point_in : forall q, within (point q) (Q2R q).
Proof. intro. unfold within, point. cbn. lra. Qed.
Lemma point_eq : forall q x, within (point q) x -> x = Q2R q.
Proof. unfold within, point. cbn. intros. lra. Qed.
Lemma subset_in : forall i j x, subset i j = true -> within i x -> within j x.
Proof. unfold subset, within. intros. bools. lra. Qed.
Lemma hull_left : forall i j x, within i x -> within (hull i j) x.
Proof. unfold within, hull. cbn. intros. to_R. minmax; lra. Qed.
Lemma hull_right : forall i j x, within j x -> within (hull i j) x.
Proof. unfold within, hull. cbn. intros. to_R. minmax; lra. Qed.
Lemma iadd_in : forall i j x y, within i x -> within j y -> within (iadd i j) (x + y).
Proof. unfold within, iadd. cbn. intros. to_R. lra. Qed.
Lemma isub_in : forall i j x y, within i x -> within j y -> within (isub i j) (x - y).
Proof. unfold within, isub. cbn. intros. to_R. lra. Qed.
Lemma iopp_in : forall i x, within i x -> within (iopp i) (- x).
Proof. unfold within, iopp. cbn. intros. to_R. lra. Qed.
Lemma mono : forall a b y, a <= b -> (0 <= y -> a * y <= b * y) /\ (y <= 0 -> b * y <= a * y).
Proof. intros. split; intro; nra. Qed.
Lemma corner : forall a b x y, a <= x <= b -> Rmin (a * y) (b * y) <= x * y <= Rmax (a * y) (b * y).
Proof.
  intros a b x y H. destruct (mono a x y), (mono x b y); try lra.
  destruct (Rle_dec 0 y) as [P|P]; minmax; split; try lra; nra.
Qed.
Lemma imul_in : forall i j x y, within i x -> within j y -> within (imul i j) (x * y).
Proof.
  unfold within, imul. cbn. intros [a b] [c d] x y H K. cbn in *. to_R.
  pose proof (corner _ _ _ y H) as P.
  pose proof (corner _ _ _ (Q2R a) K) as P1. pose proof (corner _ _ _ (Q2R b) K) as P2.
  rewrite !(Rmult_comm _ (Q2R a)), !(Rmult_comm _ (Q2R b)) in *.
  set (A := Q2R a * Q2R c) in *. set (B := Q2R a * Q2R d) in *.
  set (C := Q2R b * Q2R c) in *. set (D := Q2R b * Q2R d) in *.
  clearbody A B C D. split.
  - apply Rle_trans with (2 := proj1 P). apply Rmin_glb.
    + apply Rle_trans with (2 := proj1 P1). apply Rmin_l.
    + apply Rle_trans with (2 := proj1 P2). apply Rmin_r.
  - apply Rle_trans with (1 := proj2 P). apply Rmax_lub.
    + apply Rle_trans with (1 := proj2 P1). apply Rmax_l.
    + apply Rle_trans with (1 := proj2 P2). apply Rmax_r.
Qed.
Lemma inv_neg : forall a, a < 0 -> / a = - / - a.
Proof. intros. field. lra. Qed.
Lemma iinv_in : forall i j x, iinv i = Some j -> within i x -> within j (/ x).
Proof.
  unfold iinv, within. intros [a b] j x E H. cbn in *.
  destruct (qlt 0 a || qlt b 0)%bool eqn:S; [|discriminate]. injection E as <-. cbn.
  apply orb_true_iff in S.
  assert (Q2R a <= Q2R b) by lra.
  destruct S as [S|S]; bools; rewrite zero_R in S; rewrite !qinv_R by lra.
  - split; apply Rinv_le_contravar; lra.
  - rewrite (inv_neg (Q2R a)), (inv_neg (Q2R b)), (inv_neg x) by lra.
    split; apply Ropp_le_contravar, Rinv_le_contravar; lra.
Qed.
Lemma imax_in : forall i j x y, within i x -> within j y -> within (imax i j) (Rmax x y).
Proof. unfold within, imax. cbn. intros. to_R. minmax; lra. Qed.
Lemma iabs_in : forall i x, within i x -> within (iabs i) (Rabs x).
Proof.
  unfold iabs. intros i x H. destruct (qle 0 (fst i)) eqn:A; [|destruct (qle (snd i) 0) eqn:B]; bools; to_R.
  - unfold within in *. rewrite Rabs_right; lra.
  - unfold within in H. rewrite Rabs_left1 by lra. apply iopp_in. exact H.
  - unfold within in *. cbn. to_R. unfold Rabs. destruct (Rcase_abs x); minmax; lra.
Qed.
Lemma isign_in : forall i j x, isign i = Some j -> within i x -> within j (sign x).
Proof.
  unfold isign, sign. intros i j x E H. unfold within in H.
  destruct (qlt 0 (fst i)) eqn:A; [|destruct (qlt (snd i) 0) eqn:B].
  - injection E as <-. bools. to_R. destruct (Rlt_dec 0 x); [|lra]. rewrite <- one_R. apply point_in.
  - injection E as <-. bools. to_R. destruct (Rlt_dec 0 x); [lra|]. destruct (Rlt_dec x 0); [|lra].
    rewrite <- (int_R (-1)). apply point_in.
  - clear A B. destruct (qeq (fst i) 0 && qeq (snd i) 0)%bool eqn:A; [|discriminate]. injection E as <-. bools. to_R.
    destruct (Rlt_dec 0 x); [lra|]. destruct (Rlt_dec x 0); [lra|]. rewrite <- zero_R. apply point_in.
Qed.
Lemma isqrt_in : forall i j x, isqrt i = Some j -> within i x -> within j (sqrt x).
Proof.
  unfold isqrt, within. intros i j x E H.
  set (a := root_down (fst i)) in *. set (b := root_up (snd i)) in *.
  destruct (qle 0 a && qle 0 b && qle (qmul a a) (fst i) && qle (snd i) (qmul b b))%bool eqn:S; [|discriminate].
  clearbody a b. injection E as <-. bools. to_R. cbn. split.
  - rewrite <- (sqrt_square (Q2R a)) by lra. apply sqrt_le_1_alt. lra.
  - rewrite <- (sqrt_square (Q2R b)) by lra. apply sqrt_le_1_alt. lra.
Qed.
Lemma meet_unit_in : forall i x, within i x -> 0 <= x <= 1 -> within (meet_unit i) x.
Proof. unfold within, meet_unit. cbn. intros. to_R. minmax; lra. Qed.
Lemma imix_in : forall i j t x y s, within i x -> within j y -> within t s -> subset t unit_itv = true ->
  within (imix i j t) (mix x y s).
Proof.
  unfold within, imix, mix, subset, unit_itv. cbn. intros [a b] [c d] [u v] x y s H K T S. cbn in *. bools. to_R.
  pose proof (Rmult_le_compat_l (1 - s) (Q2R a) x). pose proof (Rmult_le_compat_l (1 - s) x (Q2R b)).
  pose proof (Rmult_le_compat_l s (Q2R c) y). pose proof (Rmult_le_compat_l s y (Q2R d)).
  pose proof (corner _ _ _ (Q2R c - Q2R a) T). pose proof (corner _ _ _ (Q2R d - Q2R b) T).
  minmax; lra.
Qed.

(* Two ways of writing a number are equal; a number lies in an interval; numbers lie in intervals. *)
Tactic Notation "rational" := unfold Q2R; cbn [Qnum Qden]; lra.
Tactic Notation "inside" := unfold within; cbn [fst snd]; split; rational.
Tactic Notation "all_inside" := repeat (apply Forall2_cons; [inside|]); apply Forall2_nil.
