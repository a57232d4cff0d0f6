(* ======================================================================== *)
(* Cycles: x and the state return after p steps                              *)
(* ======================================================================== *)

(* n steps from the point X with the state S: every gradient is at least c in size. *)
Fixpoint around (f : piecewise) (c : Q) (m : method) (ps : list itv) (n : nat) (X : itv) (S : list itv) :
  option (itv * list itv) := match n with
  | O => Some (X, S)
  | Datatypes.S n => bind (slope_range f X) (fun G =>
      if qle c (fst (iabs G)) then bind (iafter m ps S G) (fun r => around f c m ps n (iadd X (snd r)) (fst r))
      else None)
  end.
Definition check_cycle (f : piecewise) (c : Q) (m : method) (ps : list itv) (x : Q) (s : list Q) (p : nat) : bool :=
  match around f c m ps p (point x) (map point s) with
  | Some (X, S') => (subset X (point x) && subsets S' (map point s) && (1 <=? p)%nat)%bool
  | None => false
  end.

Lemma around_in : forall m M f c m' ps qs x s, check_function m M f = true -> all_within ps qs ->
  forall n k X S0 XK SK, (forall i, after m' qs (s (k + i)%nat) (slope f (x (k + i)%nat)) =
    (s (S (k + i)), x (S (k + i)) - x (k + i)%nat)) ->
  around f c m' ps n X S0 = Some (XK, SK) -> within X (x k) -> all_within S0 (s k) ->
  within XK (x (k + n)%nat) /\ all_within SK (s (k + n)%nat) /\
  forall i, (i < n)%nat -> Q2R c <= Rabs (slope f (x (k + i)%nat)).
Proof.
  intros m M f c m' ps qs x s F P. induction n; intros k X S0 XK SK A E W V; cbn in E.
  - injection E as <- <-. rewrite Nat.add_0_r. split; [auto|split; [auto|]]. intros i I. lia.
  - destruct (slope_range f X) as [G|] eqn:EG; [|discriminate]. cbn in E.
    destruct (qle c (fst (iabs G))) eqn:Ec; [|discriminate].
    destruct (iafter m' ps S0 G) as [[S1 st]|] eqn:Ea; [|discriminate]. cbn in E.
    pose proof (range_sound m M f (slope_line (shape f)) F (or_intror eq_refl) _ _ _ EG W) as WG.
    fold (slope f) in WG.
    destruct (iafter_in _ _ _ _ _ _ _ _ _ P V WG Ea) as [V1 W1].
    pose proof (A O) as A0. rewrite Nat.add_0_r in A0. rewrite A0 in V1, W1. cbn in V1, W1.
    assert (Wx : within (iadd X st) (x (S k))).
    { replace (x (S k)) with (x k + (x (S k) - x k)) by ring. apply iadd_in; auto. }
    destruct (IHn (S k) (iadd X st) S1 XK SK) as (R1 & R2 & R3); auto.
    { intro i. specialize (A (S i)). rewrite Nat.add_succ_r in A. exact A. }
    rewrite Nat.add_succ_r. cbn in R1, R2, R3. split; [auto|split; [auto|]]. intros [|i] I.
    + rewrite Nat.add_0_r. apply iabs_in in WG. bools. unfold within in WG. lra.
    + rewrite Nat.add_succ_r. apply R3. lia.
Qed.
Lemma points_eq : forall (qs : list Q) xs, all_within (map point qs) xs -> xs = map Q2R qs.
Proof.
  induction qs; intros xs H; inversion H; subst; cbn; f_equal; auto. apply point_eq. auto.
Qed.
Lemma points_in : forall qs : list Q, all_within (map point qs) (map Q2R qs).
Proof. induction qs; cbn; constructor; auto. apply point_in. Qed.

Lemma cons_eq : forall (a b : R) l l', a = b -> l = l' -> a :: l = b :: l'.
Proof. intros a b l l' -> ->. reflexivity. Qed.

Theorem cycle : forall m M f c m' ps x0 s0 p,
  check_function m M f = true -> check_cycle f c m' ps x0 s0 p = true ->
  forall qs x s, all_within ps qs -> run_of f m' m' qs x s -> x O = Q2R x0 -> s O = map Q2R s0 ->
  (forall k, Q2R c <= Rabs (slope f (x k))) /\
  (forall k, x (k + p)%nat = x k /\ s (k + p)%nat = s k).
Proof.
  unfold check_cycle, run_of. intros m M f c m' ps x0 s0 p F H qs x s P A X0 S0.
  destruct (around f c m' ps p (point x0) (map point s0)) as [[XK SK]|] eqn:E; [|discriminate].
  apply andb_true_iff in H. destruct H as [H N]. apply andb_true_iff in H. destruct H as [B1 B2]. apply Nat.leb_le in N.
  assert (A' : forall k i, after m' qs (s (k + i)%nat) (slope f (x (k + i)%nat)) =
    (s (S (k + i)), x (S (k + i)) - x (k + i)%nat)).
  { intros k i. rewrite <- A. destruct (k + i)%nat; auto. }
  assert (J : forall j, (x (j * p)%nat = Q2R x0 /\ s (j * p)%nat = map Q2R s0) /\
    forall i, (i < p)%nat -> Q2R c <= Rabs (slope f (x (j * p + i)%nat))).
  { intro j. assert (B : x (j * p)%nat = Q2R x0 /\ s (j * p)%nat = map Q2R s0).
    { induction j; [auto|]. destruct IHj as [Xj Sj].
      destruct (around_in m M f c m' ps qs x s F P p (j * p)%nat _ _ XK SK (A' _) E) as (R1 & R2 & _).
      - rewrite Xj. apply point_in.
      - rewrite Sj. apply points_in.
      - replace (S j * p)%nat with (j * p + p)%nat by lia.
        split; [apply point_eq; eapply subset_in; eauto|apply points_eq; eapply subsets_in; eauto]. }
    split; [exact B|]. destruct B as [Xj Sj].
    destruct (around_in m M f c m' ps qs x s F P p (j * p)%nat _ _ XK SK (A' _) E) as (_ & _ & R3); auto.
    - rewrite Xj. apply point_in.
    - rewrite Sj. apply points_in. }
  split.
  - intro k. pose proof (Nat.div_mod k p ltac:(lia)) as D. pose proof (Nat.mod_upper_bound k p ltac:(lia)).
    rewrite D, (Nat.mul_comm p). apply J. auto.
  - induction k.
    + cbn. destruct (J 1%nat) as [[X1 S1] _]. rewrite Nat.mul_1_l in *. rewrite X1, S1. auto.
    + destruct IHk as [Xk Sk]. pose proof (A' k O) as U. pose proof (A' (k + p)%nat O) as V.
      rewrite !Nat.add_0_r in *. rewrite Xk, Sk, U in V. injection V as V1 V2. cbn. split; [lra|auto].
Qed.
