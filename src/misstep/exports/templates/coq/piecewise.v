(* ======================================================================== *)
(* A function by its pieces: what is checked by computation, and what follows *)
(* ======================================================================== *)

Record piecewise := { shape : line; left_period : option Q; right_period : option Q }.
Definition extended (f : piecewise) (F : R -> R) : R -> R :=
  repeat_left (repeat_right F (Q2R (last_knot (shape f))) (right_period f)) (Q2R (base (shape f))) (left_period f).
(* The function, and its derivative: that it is one is the theorem `derivative_of_value`. *)
Definition value (f : piecewise) : R -> R := extended f (along (shape f)).
Definition slope (f : piecewise) : R -> R := extended f (along (slope_line (shape f))).

(* ---- Enclosures of values. ---- *)
Definition sound (F : R -> R) (range : itv -> option itv) : Prop :=
  forall X Y x, range X = Some Y -> within X x -> within Y (F x).
Fixpoint pieces_range (b : Q) (l : list (Q * list Q)) (r : list Q) (X : itv) : itv := match l with
  | nil => horner r (isub X (point b))
  | (k, p) :: l' =>
    if qle (snd X) k then horner p (isub X (point b))
    else if qlt k (fst X) then pieces_range k l' r X
    else hull (horner p (isub (fst X, k) (point b))) (pieces_range k l' r (k, snd X))
  end.
Definition along_range (c : line) (X : itv) : option itv := Some (
  if qle (snd X) (base c) then horner (left c) (isub X (point (base c)))
  else if qlt (base c) (fst X) then pieces_range (base c) (middle c) (right c) X
  else hull (horner (left c) (isub (fst X, base c) (point (base c))))
    (pieces_range (base c) (middle c) (right c) (base c, snd X))).
Definition back_range (e T : Q) (range : itv -> option itv) (X : itv) : option itv :=
  let n := Z.max 0 (Qfloor (qmul (qsub (fst X) (qsub e T)) (qinv T))) in
  let s := qmul (n # 1) T in let Y := (qsub (fst X) s, qsub (snd X) s) in
  if ((n =? 0)%Z || qle (qsub e T) (fst Y))%bool then
    if qle (snd Y) e then range Y
    else if qle (snd Y) (qadd e T) then
      map2 hull (range (qmin e (fst Y), e)) (range (qsub (qmax e (fst Y)) T, qsub (snd Y) T))
    else None
  else None.
Definition mirrored (range : itv -> option itv) (X : itv) : option itv := range (iopp X).
Definition right_range (e : Q) (period : option Q) (range : itv -> option itv) : itv -> option itv :=
  match period with None => range | Some T => back_range e T range end.
Definition left_range (e : Q) (period : option Q) (range : itv -> option itv) : itv -> option itv :=
  match period with None => range | Some T => mirrored (back_range (qsub 0 e) T (mirrored range)) end.
Definition range_of (f : piecewise) (c : line) : itv -> option itv :=
  left_range (base (shape f)) (left_period f)
    (right_range (last_knot (shape f)) (right_period f) (along_range c)).
Definition value_range (f : piecewise) := range_of f (shape f).
Definition slope_range (f : piecewise) := range_of f (slope_line (shape f)).
(* The value at a rational point is v. *)
Definition value_is (range : itv -> option itv) (x v : Q) : bool :=
  match range (point x) with Some Y => (qeq (fst Y) v && qeq (snd Y) v)%bool | None => false end.
Definition same_at (range : itv -> option itv) (x y : Q) : bool :=
  match range (point x) with Some Y => value_is range y (fst Y) && is_point Y | None => false end.

Lemma value_is_R : forall F range x v, sound F range -> value_is range x v = true -> F (Q2R x) = Q2R v.
Proof.
  unfold value_is. intros F range x v S H. destruct (range (point x)) eqn:E; [|discriminate].
  pose proof (S _ _ _ E (point_in x)) as P. bools. unfold within in P. lra.
Qed.
Lemma same_at_R : forall F range x y, sound F range -> same_at range x y = true -> F (Q2R x) = F (Q2R y).
Proof.
  unfold same_at. intros F range x y S H. destruct (range (point x)) eqn:E; [|discriminate].
  pose proof (S _ _ _ E (point_in x)) as P. apply andb_true_iff in H. destruct H as [H K].
  apply (value_is_R F) in H; auto. unfold is_point in K. bools. unfold within in P. lra.
Qed.
Lemma pieces_sound : forall l b r X x, within X x -> within (pieces_range b l r X) (pieces b l r x).
Proof.
  induction l as [|[k p] l IH]; intros b r X x H; cbn.
  - apply horner_R, isub_in; auto. apply point_in.
  - destruct (qle (snd X) k) eqn:A; [|destruct (qlt k (fst X)) eqn:B].
    + bools. unfold within in H. destruct (Rle_dec x (Q2R k)); [|lra]. apply horner_R, isub_in; auto. apply point_in.
    + bools. unfold within in H. destruct (Rle_dec x (Q2R k)); [lra|]. apply IH; auto.
    + clear B. unfold within in H. destruct (Rle_dec x (Q2R k)).
      * apply hull_left, horner_R, isub_in; [|apply point_in]. unfold within. cbn. lra.
      * apply hull_right, IH. unfold within. cbn. lra.
Qed.
Lemma along_sound : forall c, sound (along c) (along_range c).
Proof.
  intros c X Y x E H. injection E as <-. unfold along.
  destruct (qle (snd X) (base c)) eqn:A; [|destruct (qlt (base c) (fst X)) eqn:B].
  - bools. unfold within in H. destruct (Rle_dec x (Q2R (base c))); [|lra].
    apply horner_R, isub_in; auto. apply point_in.
  - bools. unfold within in H. destruct (Rle_dec x (Q2R (base c))); [lra|]. apply pieces_sound; auto.
  - clear B. unfold within in H. destruct (Rle_dec x (Q2R (base c))).
    + apply hull_left, horner_R, isub_in; [|apply point_in]. unfold within. cbn. lra.
    + apply hull_right, pieces_sound. unfold within. cbn. lra.
Qed.
Lemma back_sound : forall F range e T, sound F range -> 0 < Q2R T -> F (Q2R e) = F (Q2R e - Q2R T) ->
  sound (fun t => F (back (Q2R e) (Q2R T) t)) (back_range e T range).
Proof.
  unfold back_range. intros F range e T S P E X Y x.
  set (n := Z.max 0 _). assert (N : (0 <= n)%Z) by (unfold n; apply Z.le_max_l). clearbody n. cbv zeta.
  set (s := qmul (n # 1) T). assert (Es : Q2R s = IZR n * Q2R T) by (unfold s; to_R; rewrite int_R; auto).
  clearbody s. cbn [fst snd].
  destruct ((n =? 0)%Z || qle (qsub e T) (qsub (fst X) s))%bool eqn:C; [|discriminate]. intros V H. unfold within in H.
  assert (K : F (back (Q2R e) (Q2R T) x) = F (back (Q2R e) (Q2R T) (x - Q2R s))).
  { apply orb_true_iff in C. destruct C as [C|C].
    - apply Z.eqb_eq in C. subst n. rewrite Es. f_equal. f_equal. ring.
    - bools. to_R. replace x with (x - Q2R s + IZR n * Q2R T) at 1 by lra. rewrite back_period; auto. lra. }
  rewrite K. destruct (qle (qsub (snd X) s) e) eqn:A; [|destruct (qle (qsub (snd X) s) (qadd e T)) eqn:B; [|discriminate]].
  - bools. to_R. rewrite back_inside; auto; [|lra]. apply (S _ _ _ V). unfold within. cbn. to_R. lra.
  - clear C. bools. to_R. unfold map2, bind in V.
    destruct (range (qmin e (qsub (fst X) s), e)) eqn:V1; [|discriminate].
    destruct (range (qsub (qmax e (qsub (fst X) s)) T, qsub (qsub (snd X) s) T)) eqn:V2; [|discriminate].
    injection V as <-. destruct (Rle_dec (x - Q2R s) (Q2R e)) as [I|I].
    + rewrite back_inside; auto. apply hull_left, (S _ _ _ V1). unfold within. cbn. to_R. minmax; lra.
    + replace (x - Q2R s) with (x - Q2R s - Q2R T + IZR 1 * Q2R T) by ring.
      rewrite back_period; [|auto|lra|lia]. rewrite back_inside; auto; [|lra].
      apply hull_right, (S _ _ _ V2). unfold within. cbn. to_R. minmax; lra.
Qed.
Lemma mirrored_sound : forall F range, sound F range -> sound (fun t => F (- t)) (mirrored range).
Proof. intros F range S X Y x E H. apply (S _ _ _ E). apply iopp_in. auto. Qed.
Lemma forth_sound : forall F range e T, sound F range -> 0 < Q2R T -> F (Q2R e) = F (Q2R e + Q2R T) ->
  sound (fun t => F (forth (Q2R e) (Q2R T) t)) (left_range e (Some T) range).
Proof.
  intros F range e T S P E.
  assert (B : sound (fun t => F (- back (Q2R (qsub 0 e)) (Q2R T) t)) (back_range (qsub 0 e) T (mirrored range))).
  { apply (back_sound (fun t => F (- t))); auto using mirrored_sound. to_R.
    replace (- (0 - Q2R e)) with (Q2R e) by ring. rewrite E. f_equal. ring. }
  intros X Y x V H. apply (B _ _ (- x)) in V; [|apply iopp_in; auto]. unfold forth.
  assert (Z0 : Q2R (qsub 0 e) = - Q2R e) by (to_R; ring). rewrite Z0 in V. auto.
Qed.

(* ---- The check of a function: m <= f'' <= M on every piece, and everything fits at the knots. ---- *)
Definition between (m M : Q) (p : list Q) (h : Q) : bool := (above m p h && above (qsub 0 M) (pscale (-1) p) h)%bool.
Definition between_ray (m M : Q) (p : list Q) : bool := (above_ray m p && above_ray (qsub 0 M) (pscale (-1) p))%bool.
Definition head_poly (l : list (Q * list Q)) (r : list Q) : list Q := match l with nil => r | (_, p) :: _ => p end.
Definition fits (p : list Q) (x : Q) (q : list Q) : bool :=
  (qeq (qpoly p x) (qpoly q 0) && qeq (qpoly (derivative p) x) (qpoly (derivative q) 0))%bool.
Definition second (p : list Q) := derivative (derivative p).
Fixpoint check_pieces (m M b : Q) (l : list (Q * list Q)) (r : list Q) : bool := match l with
  | nil => between_ray m M (second r)
  | (k, p) :: l' => (qlt b k && between m M (second p) (qsub k b) && fits p (qsub k b) (head_poly l' r) &&
      check_pieces m M k l' r)%bool
  end.
Definition check_line (m M : Q) (c : line) : bool :=
  (between_ray m M (pmirror (second (left c))) && fits (left c) 0 (head_poly (middle c) (right c)) &&
   check_pieces m M (base c) (middle c) (right c))%bool.
Definition check_right (f : piecewise) : bool := match right_period f with
  | None => true
  | Some T => let e := last_knot (shape f) in
      (qlt 0 T && qle (base (shape f)) (qsub e T) && same_at (along_range (shape f)) e (qsub e T) &&
       same_at (along_range (slope_line (shape f))) e (qsub e T))%bool
  end.
Definition check_left (f : piecewise) : bool := match left_period f with
  | None => true
  | Some T => let a := base (shape f) in let range c := right_range (last_knot (shape f)) (right_period f) (along_range c) in
      (qlt 0 T && qle (qadd a T) (last_knot (shape f)) && same_at (range (shape f)) a (qadd a T) &&
       same_at (range (slope_line (shape f))) a (qadd a T))%bool
  end.
Definition check_function (m M : Q) (f : piecewise) : bool :=
  (check_line m M (shape f) && check_right f && check_left f)%bool.

Lemma between_R : forall m M p h t, between m M p h = true -> 0 <= t <= Q2R h -> Q2R m <= poly p t <= Q2R M.
Proof.
  unfold between. intros m M p h t H T. apply andb_true_iff in H. destruct H as [A B].
  apply above_R with (t := t) in A; auto. apply above_R with (t := t) in B; auto.
  rewrite pscale_R, (int_R (-1)) in B. to_R. lra.
Qed.
Lemma between_ray_R : forall m M p t, between_ray m M p = true -> 0 <= t -> Q2R m <= poly p t <= Q2R M.
Proof.
  unfold between_ray. intros m M p t H T. apply andb_true_iff in H. destruct H as [A B].
  apply above_ray_R with (t := t) in A; auto. apply above_ray_R with (t := t) in B; auto.
  rewrite pscale_R, (int_R (-1)) in B. to_R. lra.
Qed.
Lemma fits_R : forall p x q, fits p x q = true ->
  poly p (Q2R x) = poly q 0 /\ poly (derivative p) (Q2R x) = poly (derivative q) 0.
Proof. unfold fits. intros p x q H. bools. rewrite !qpoly_R, zero_R in *. auto. Qed.
Definition slopes (l : list (Q * list Q)) := map (fun kp : Q * list Q => (fst kp, derivative (snd kp))) l.
Lemma pieces_at : forall m M b l r, check_pieces m M b l r = true ->
  pieces b l r (Q2R b) = poly (head_poly l r) 0 /\
  pieces b (slopes l) (derivative r) (Q2R b) = poly (derivative (head_poly l r)) 0.
Proof.
  intros m M b [|[k p] l] r H; cbn in *.
  - rewrite !Rminus_diag_eq by ring. auto.
  - apply andb_true_iff in H. destruct H as [H _]. apply andb_true_iff in H. destruct H as [H _].
    apply andb_true_iff in H. destruct H as [H _]. bools. destruct (Rle_dec (Q2R b) (Q2R k)); [|lra].
    rewrite !Rminus_diag_eq by ring. auto.
Qed.
Lemma smooth_subset : forall (P P' : R -> Prop) d m M L F G, (forall t, P' t -> P t) ->
  smooth P d m M L F G -> smooth P' d m M L F G.
Proof. intros P P' d m M L F G S (A & B & C). split; [auto|]. split; intros; auto. Qed.
Lemma after_knot : forall m M b k p l r t, check_pieces m M b ((k, p) :: l) r = true -> Q2R k <= t ->
  pieces b ((k, p) :: l) r t = pieces k l r t /\
  pieces b (slopes ((k, p) :: l)) (derivative r) t = pieces k (slopes l) (derivative r) t.
Proof.
  intros m M b k p l r t H T. cbn in H |- *.
  apply andb_true_iff in H. destruct H as [H C]. apply andb_true_iff in H. destruct H as [H F].
  destruct (Rle_dec t (Q2R k)) as [L|L]; auto. replace t with (Q2R k) by lra.
  apply fits_R in F. destruct (pieces_at _ _ _ _ _ C) as [-> ->]. to_R. auto.
Qed.

Lemma smooth_pieces : forall m M d l b r, check_pieces m M b l r = true ->
  smooth (fun t => Q2R b <= t) d (Q2R m) (Q2R M) (Rabs (Q2R m) + Rabs (Q2R M))
    (pieces b l r) (pieces b (slopes l) (derivative r)).
Proof.
  intros m M d. 
  assert (B1 : - (Rabs (Q2R m) + Rabs (Q2R M)) <= Q2R m /\ Q2R M <= Rabs (Q2R m) + Rabs (Q2R M) /\
    0 <= Rabs (Q2R m) + Rabs (Q2R M)).
  { pose proof (Rle_abs (Q2R M)). pose proof (Rle_abs (- Q2R m)). rewrite Rabs_Ropp in *.
    pose proof (Rabs_pos (Q2R m)). pose proof (Rabs_pos (Q2R M)). lra. }
  induction l as [|[k p] l IH]; intros b r H.
  - cbn in H |- *. apply smooth_poly; try lra; [intros x y z; lra|]. intros t T. apply between_ray_R; auto. lra.
  - pose proof (fun t => after_knot _ _ _ _ _ _ _ t H) as K. cbn in H.
    apply andb_true_iff in H. destruct H as [H C]. apply andb_true_iff in H. destruct H as [H F].
    apply andb_true_iff in H. destruct H as [H D]. apply qlt_R in H.
    apply smooth_glue with (Q2R k); [lra| |].
    + apply smooth_same with (F' := fun t => poly p (t - Q2R b)) (G' := fun t => poly (derivative p) (t - Q2R b)).
      * intros t T. cbn. destruct (Rle_dec t (Q2R k)); [auto|lra].
      * apply smooth_poly; try lra; [intros x y z; lra|]. intros t T. apply (between_R _ _ _ _ _ D). to_R. lra.
    + apply smooth_same with (2 := smooth_subset _ _ _ _ _ _ _ _ (fun t (T : Q2R b <= t /\ Q2R k <= t) => proj2 T) (IH k r C)).
      intros t T. apply K. lra.
Qed.
Lemma base_right : forall m M c t, check_line m M c = true -> Q2R (base c) <= t ->
  along c t = pieces (base c) (middle c) (right c) t /\
  along (slope_line c) t = pieces (base c) (slopes (middle c)) (derivative (right c)) t.
Proof.
  unfold check_line, along, slope_line. cbn. intros m M c t H T.
  apply andb_true_iff in H. destruct H as [H C]. apply andb_true_iff in H. destruct H as [H F].
  destruct (Rle_dec t (Q2R (base c))) as [L|L]; auto. replace t with (Q2R (base c)) by lra.
  destruct (pieces_at _ _ _ _ _ C) as [-> E]. fold (slopes (middle c)). rewrite E.
  apply fits_R in F. rewrite zero_R in F. rewrite Rminus_diag_eq by ring. auto.
Qed.
Lemma smooth_line : forall m M d c, check_line m M c = true ->
  smooth everywhere d (Q2R m) (Q2R M) (Rabs (Q2R m) + Rabs (Q2R M)) (along c) (along (slope_line c)).
Proof.
  intros m M d c H. pose proof (fun t => base_right _ _ _ t H) as K. unfold check_line in H.
  apply andb_true_iff in H. destruct H as [H C]. apply andb_true_iff in H. destruct H as [H F].
  pose proof (smooth_pieces m M d _ _ _ C) as S.
  apply smooth_glue with (Q2R (base c)); [exact I| |].
  - apply smooth_same with (F' := fun t => poly (left c) (t - Q2R (base c)))
      (G' := fun t => poly (derivative (left c)) (t - Q2R (base c))).
    + intros t T. unfold along. cbn. destruct (Rle_dec t (Q2R (base c))); [auto|lra].
    + apply smooth_poly; try apply S; [intros x y z; unfold everywhere; tauto || lra|].
      intros t T. pose proof (between_ray_R _ _ _ (- (t - Q2R (base c))) H) as B.
      rewrite pmirror_R, Ropp_involutive in B. apply B. lra.
  - apply smooth_same with (2 := smooth_subset _ _ _ _ _ _ _ _ (fun t (T : everywhere t /\ Q2R (base c) <= t) => proj2 T) S).
    intros t T. apply K. lra.
Qed.

Lemma right_facts : forall f c T, right_period f = Some T -> check_right f = true ->
  (c = shape f \/ c = slope_line (shape f)) ->
  0 < Q2R T /\ Q2R (base (shape f)) <= Q2R (last_knot (shape f)) - Q2R T /\
  along c (Q2R (last_knot (shape f))) = along c (Q2R (last_knot (shape f)) - Q2R T).
Proof.
  unfold check_right. intros f c T E H C. rewrite E in H. cbv zeta in H. bools.
  apply (same_at_R (along (shape f))) in H1; [|apply along_sound].
  apply (same_at_R (along (slope_line (shape f)))) in H0; [|apply along_sound]. to_R.
  split; [lra|]. split; [lra|]. destruct C as [->| ->]; auto.
Qed.
Definition half_done (f : piecewise) (c : line) := repeat_right (along c) (Q2R (last_knot (shape f))) (right_period f).
Lemma right_sound : forall f c, check_right f = true -> (c = shape f \/ c = slope_line (shape f)) ->
  sound (half_done f c) (right_range (last_knot (shape f)) (right_period f) (along_range c)).
Proof.
  unfold half_done, repeat_right, right_range. intros f c H C. destruct (right_period f) as [T|] eqn:E.
  - destruct (right_facts f c T E H C) as (P & _ & V). apply back_sound; auto using along_sound.
  - apply along_sound.
Qed.
Lemma left_facts : forall f c T, left_period f = Some T -> check_right f = true -> check_left f = true ->
  (c = shape f \/ c = slope_line (shape f)) ->
  0 < Q2R T /\ Q2R (base (shape f)) + Q2R T <= Q2R (last_knot (shape f)) /\
  half_done f c (Q2R (base (shape f))) = half_done f c (Q2R (base (shape f)) + Q2R T).
Proof.
  unfold check_left. intros f c T E K H C. rewrite E in H. cbv zeta in H. bools.
  apply (same_at_R (half_done f (shape f))) in H1; [|apply right_sound; auto].
  apply (same_at_R (half_done f (slope_line (shape f)))) in H0; [|apply right_sound; auto]. to_R.
  split; [lra|]. split; [lra|]. destruct C as [->| ->]; auto.
Qed.
Lemma range_sound : forall m M f c, check_function m M f = true -> (c = shape f \/ c = slope_line (shape f)) ->
  sound (extended f (along c)) (range_of f c).
Proof.
  unfold check_function. intros m M f c H C. apply andb_true_iff in H. destruct H as [H L].
  apply andb_true_iff in H. destruct H as [H K]. pose proof (right_sound f c K C) as S.
  unfold extended, range_of. fold (half_done f c). unfold repeat_left. destruct (left_period f) as [T|] eqn:E; [|exact S].
  destruct (left_facts f c T E K L C) as (P & _ & V). apply forth_sound; auto.
Qed.
Lemma smooth_function : forall m M f, check_function m M f = true ->
  exists d L, 0 < d /\ smooth everywhere d (Q2R m) (Q2R M) L (value f) (slope f).
Proof.
  intros m M f H. unfold check_function in H. apply andb_true_iff in H. destruct H as [H L].
  apply andb_true_iff in H. destruct H as [H K]. pose proof (smooth_line m M 1 _ H) as S.
  assert (S' : exists d L, 0 < d /\
    smooth everywhere d (Q2R m) (Q2R M) L (half_done f (shape f)) (half_done f (slope_line (shape f)))).
  { unfold half_done, repeat_right. destruct (right_period f) as [T|] eqn:E; [|exists 1; eexists; split; [lra|exact S]].
    destruct (right_facts f (shape f) T E K) as (P & _ & V); auto.
    destruct (right_facts f (slope_line (shape f)) T E K) as (_ & _ & V'); auto.
    eexists. eexists. split; [|apply smooth_back; [exact P|apply Rlt_0_1|exact V|exact V'|exact S]].
    apply Rmin_pos; lra. }
  destruct S' as (d & N & D & S'). unfold value, slope, extended. fold (half_done f (shape f)).
  fold (half_done f (slope_line (shape f))). unfold repeat_left.
  destruct (left_period f) as [T|] eqn:E; [|exists d, N; auto].
  destruct (left_facts f (shape f) T E K L) as (P & _ & V); auto.
  destruct (left_facts f (slope_line (shape f)) T E K L) as (_ & _ & V'); auto.
  eexists. eexists. split; [|apply smooth_forth; [exact P|exact D|exact V|exact V'|exact S']].
  apply Rmin_pos; lra.
Qed.

(* `slope f` is the derivative of `value f`; its slopes lie between m and M. *)
Theorem derivative_of_value : forall m M f, check_function m M f = true ->
  forall t, derivable_pt_lim (value f) t (slope f t).
Proof. intros m M f H. destruct (smooth_function m M f H) as (d & L & D & S). eapply smooth_derivable; eauto. Qed.
Theorem slope_monotone : forall m M f, check_function m M f = true ->
  forall x y, x <= y -> Q2R m * (y - x) <= slope f y - slope f x.
Proof.
  intros m M f H. destruct (smooth_function m M f H) as (d & L & D & _ & S & _). intros x y O.
  apply S; unfold everywhere; auto.
Qed.
Theorem slope_lipschitz : forall M f, check_function (qsub 0 M) M f = true -> qle 0 M = true ->
  forall x y, Rabs (slope f x - slope f y) <= Q2R M * Rabs (x - y).
Proof.
  intros M f H N. destruct (smooth_function _ _ f H) as (d & L & D & S). bools. rewrite zero_R in N.
  apply (smooth_lipschitz d (Q2R (qsub 0 M)) (Q2R M) L (value f) (slope f)); auto. to_R. ring.
Qed.
Theorem value_at : forall m M f x v a b, check_function m M f = true -> value_is (value_range f) x v = true ->
  Q2R x = a -> Q2R v = b -> value f a = b.
Proof. intros m M f x v a b H V <- <-. revert V. apply value_is_R. eapply range_sound; eauto. Qed.
Theorem slope_at : forall m M f x v a b, check_function m M f = true -> value_is (slope_range f) x v = true ->
  Q2R x = a -> Q2R v = b -> slope f a = b.
Proof. intros m M f x v a b H V <- <-. revert V. apply value_is_R. eapply range_sound; eauto. Qed.
