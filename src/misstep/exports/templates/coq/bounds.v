(* ======================================================================== *)
(* Lower bounds, and constants that cannot be smaller                        *)
(* ======================================================================== *)


(* ---- v <= f. ---- *)
Fixpoint low_pieces (v b : Q) (l : list (Q * list Q)) : bool :=
  match l with nil => true | (k, p) :: l' => (above v p (qsub k b) && low_pieces v k l')%bool end.
Definition low_function (v : Q) (f : piecewise) : bool :=
  (match left_period f with None => above_ray v (pmirror (left (shape f))) | Some _ => true end &&
   match right_period f with None => above_ray v (right (shape f)) | Some _ => true end &&
   low_pieces v (base (shape f)) (middle (shape f)))%bool.

Lemma last_cons : forall (l : list (Q * list Q)) x b, fst (last (x :: l) b) = fst (last l (fst x, nil)).
Proof.
  induction l as [|y l IH]; intros x b; [reflexivity|].
  change (last (x :: y :: l) b) with (last (y :: l) b). rewrite (IH y b), (IH y (fst x, nil)). reflexivity.
Qed.
Lemma low_pieces_R : forall v l b r (ray : bool) t, low_pieces v b l = true -> (ray = true -> above_ray v r = true) ->
  (ray = true \/ t <= Q2R (fst (last l (b, nil)))) -> Q2R b <= t -> (l = nil -> ray = true) ->
  Q2R v <= pieces b l r t.
Proof.
  intros v. induction l as [|[k p] l IH]; intros b r ray t H R E T N.
  - cbn. apply above_ray_R; [apply R, N; reflexivity|lra].
  - cbn in H |- *. apply andb_true_iff in H. destruct H as [A B]. destruct (Rle_dec t (Q2R k)) as [I|I].
    + apply (above_R _ _ _ _ A). to_R. lra.
    + rewrite last_cons in E. cbn [fst] in E. apply (IH k r ray t); [exact B|exact R|exact E|lra|].
      clear A B R. intros ->. destruct E as [E|E]; [exact E|]. cbn in E. lra.
Qed.
Theorem lower_bound : forall m M f v, check_function m M f = true -> low_function v f = true ->
  forall t, Q2R v <= value f t.
Proof.
  intros m M f v H L. pose proof H as H'. unfold check_function in H'.
  apply andb_true_iff in H'. destruct H' as [H' KL]. apply andb_true_iff in H'. destruct H' as [HL KR].
  unfold low_function in L. apply andb_true_iff in L. destruct L as [L C]. apply andb_true_iff in L. destruct L as [A B].
  set (a := Q2R (base (shape f))) in *. set (e := Q2R (last_knot (shape f))) in *.
  clear H.
  assert (along_low : forall t, (left_period f <> None -> a <= t) -> (right_period f <> None -> t <= e) ->
    Q2R v <= along (shape f) t).
  { intros t Ta Te. destruct (Rle_dec a t) as [I|I].
    - destruct (base_right _ _ _ t HL I) as [-> _].
      destruct (right_period f) as [T|] eqn:E.
      + apply (low_pieces_R v _ _ _ false t C); [discriminate|right; apply Te; discriminate|exact I|]. intro Em. exfalso.
        destruct (right_facts f (shape f) T E KR) as (P & O & _); auto. unfold last_knot in O. rewrite Em in O. cbn in O. lra.
      + apply (low_pieces_R v _ _ _ true); auto.
    - destruct (left_period f) as [T|] eqn:E; [exfalso; apply I, Ta; discriminate|].
      unfold along. fold a. destruct (Rle_dec t a); [|lra].
      pose proof (above_ray_R _ _ (- (t - a)) A ltac:(lra)) as K. rewrite pmirror_R, Ropp_involutive in K. auto. }
  assert (half_low : forall t, (left_period f <> None -> a <= t) -> Q2R v <= half_done f (shape f) t).
  { intros t Ta. unfold half_done, repeat_right. destruct (right_period f) as [T|] eqn:E; [|apply along_low; auto; congruence].
    destruct (right_facts f (shape f) T E KR) as (P & O & _); auto. fold a e in O |- *.
    destruct (back_spec e (Q2R T) t P) as (n & Hn & En & Le & Cn). apply along_low; [|lra].
    intro Nl. specialize (Ta Nl). destruct Cn as [[Lt ->]|Cn]; [rewrite En; lra|lra]. }
  intro t. unfold value, extended. fold (half_done f (shape f)). unfold repeat_left.
  destruct (left_period f) as [T|] eqn:E; [|apply half_low; congruence].
  destruct (left_facts f (shape f) T E KR KL) as (P & _ & _); auto. apply half_low. intros _. fold a. unfold forth.
  destruct (back_spec (- a) (Q2R T) (- t) P) as (n & Hn & En & Le & Cn). lra.
Qed.

(* ---- A Lipschitz constant is at least any slope of a polynomial piece. ---- *)
Lemma polynomial_slope : forall q h L u, 0 < h -> 0 <= u <= h ->
  (forall x y, 0 <= x <= h -> 0 <= y <= h -> Rabs (poly q x - poly q y) <= L * Rabs (x - y)) ->
  Rabs (poly (derivative q) u) <= L.
Proof.
  intros q h L u P U H. apply Rnot_lt_le. intro N.
  destruct (poly_derivable q u (Rabs (poly (derivative q) u) - L)) as [d D]; [lra|].
  assert (Z : exists t, t <> 0 /\ Rabs t < d /\ 0 <= u + t <= h).
  { assert (0 < Rmin (d / 2) (h / 2)) by (apply Rmin_pos; [pose proof (cond_pos d)|]; lra).
    assert (Rmin (d / 2) (h / 2) <= d / 2) by apply Rmin_l. assert (Rmin (d / 2) (h / 2) <= h / 2) by apply Rmin_r.
    pose proof (cond_pos d). destruct (Rle_dec u (h / 2)).
    - exists (Rmin (d / 2) (h / 2)). rewrite Rabs_right by lra. repeat split; lra.
    - exists (- Rmin (d / 2) (h / 2)). rewrite Rabs_left by lra. repeat split; lra. }
  destruct Z as (t & T0 & T1 & T2). specialize (D t T0 T1). specialize (H (u + t) u T2 U).
  replace (u + t - u) with t in H by ring. assert (0 < Rabs t) by (apply Rabs_pos_lt; auto).
  assert (K : Rabs ((poly q (u + t) - poly q u) / t) <= L).
  { unfold Rdiv. rewrite Rabs_mult, Rabs_inv. apply Rmult_le_reg_r with (Rabs t); auto.
    rewrite Rmult_assoc, Rinv_l by lra. lra. }
  set (s := (poly q (u + t) - poly q u) / t) in *. set (g := poly (derivative q) u) in *.
  pose proof (Rabs_triang_inv g s). rewrite <- Rabs_Ropp, Ropp_minus_distr in D. lra.
Qed.
Fixpoint piece_number (n : nat) (b : Q) (l : list (Q * list Q)) : option (Q * Q * list Q) := match l with
  | nil => None
  | (k, p) :: l' => match n with O => Some (b, k, p) | S n => piece_number n k l' end
  end.
Lemma piece_number_R : forall m M n l b r b' k p, check_pieces m M b l r = true -> piece_number n b l = Some (b', k, p) ->
  (Q2R b <= Q2R b' < Q2R k /\ Q2R k <= Q2R (fst (last l (b, nil)))) /\ forall t, Q2R b' <= t <= Q2R k ->
  pieces b (slopes l) (derivative r) t = poly (derivative p) (t - Q2R b').
Proof.
  induction n; intros [|[k0 p0] l] b r b' k p H E; try discriminate.
  - cbn in E. injection E as <- <- <-. pose proof H as H'. cbn in H.
    apply andb_true_iff in H. destruct H as [H C]. apply andb_true_iff in H. destruct H as [H F].
    apply andb_true_iff in H. destruct H as [H D]. apply qlt_R in H. split.
    + split; [lra|]. rewrite last_cons. cbn [fst]. clear - C. revert k0 C. induction l as [|[k1 p1] l IH]; intros k0 C.
      * cbn. lra.
      * rewrite last_cons. cbn in C |- *. apply andb_true_iff in C. destruct C as [C C1].
        apply andb_true_iff in C. destruct C as [C _]. apply andb_true_iff in C. destruct C as [C _]. apply qlt_R in C.
        specialize (IH k1 C1). lra.
    + intros t T. cbn. destruct (Rle_dec t (Q2R k0)); [reflexivity|lra].
  - cbn in E. pose proof (fun t => after_knot _ _ _ _ _ _ _ t H) as K. cbn in H.
    apply andb_true_iff in H. destruct H as [H C]. apply andb_true_iff in H. destruct H as [H F].
    apply andb_true_iff in H. destruct H as [H D]. apply qlt_R in H.
    destruct (IHn l k0 r b' k p C E) as ((O1 & O2) & V). split.
    + rewrite last_cons. cbn [fst]. split; [lra|auto].
    + intros t T. destruct (K t) as [_ ->]; [lra|]. apply V. auto.
Qed.
Lemma slope_inside : forall m M f t, check_function m M f = true ->
  Q2R (base (shape f)) <= t <= Q2R (last_knot (shape f)) -> slope f t = along (slope_line (shape f)) t.
Proof.
  intros m M f t H T. unfold check_function in H. apply andb_true_iff in H. destruct H as [H KL].
  apply andb_true_iff in H. destruct H as [_ KR]. unfold slope, extended. fold (half_done f (slope_line (shape f))).
  replace (repeat_left (half_done f (slope_line (shape f))) (Q2R (base (shape f))) (left_period f) t)
    with (half_done f (slope_line (shape f)) t).
  - unfold half_done, repeat_right. destruct (right_period f) as [U|] eqn:E; auto.
    destruct (right_facts f (slope_line (shape f)) U E KR) as (P & _ & V); auto. apply back_inside; auto. lra.
  - unfold repeat_left. destruct (left_period f) as [U|] eqn:E; auto.
    destruct (left_facts f (slope_line (shape f)) U E KR KL) as (P & _ & V); auto. unfold forth.
    pose proof (back_inside (fun u => half_done f (slope_line (shape f)) (- u)) (- Q2R (base (shape f))) (Q2R U) (- t) P) as B.
    cbv beta in B. rewrite !Ropp_involutive in B. symmetry. apply B; [|lra]. rewrite V. f_equal. ring.
Qed.
Definition steep (f : piecewise) (n : nat) (at_right : bool) (L : Q) : bool :=
  match piece_number n (base (shape f)) (middle (shape f)) with
  | Some (b, k, p) => qeq (snd (iabs (point (qpoly (second p) (if at_right then qsub k b else 0%Q))))) L
  | None => false
  end.
Theorem sharp : forall m M f n at_right L, check_function m M f = true -> steep f n at_right L = true ->
  forall L', (forall x y, Rabs (slope f x - slope f y) <= L' * Rabs (x - y)) -> Q2R L <= L'.
Proof.
  unfold steep. intros m M f n at_right L H S L' K.
  destruct (piece_number n (base (shape f)) (middle (shape f))) as [[[b k] p]|] eqn:E; [|discriminate].
  pose proof H as H'. unfold check_function in H'. apply andb_true_iff in H'. destruct H' as [H' _].
  apply andb_true_iff in H'. destruct H' as [HL _]. pose proof HL as HL'. unfold check_line in HL'.
  apply andb_true_iff in HL'. destruct HL' as [_ C].
  destruct (piece_number_R _ _ _ _ _ _ _ _ _ C E) as ((O1 & O2) & V).
  assert (G : forall t, 0 <= t <= Q2R k - Q2R b -> slope f (Q2R b + t) = poly (derivative p) t).
  { intros t T. rewrite (slope_inside m M) by (auto; unfold last_knot; lra).
    destruct (base_right _ _ _ (Q2R b + t) HL) as [_ ->]; [lra|]. rewrite V by lra. f_equal. ring. }
  set (u := if at_right then qsub k b else 0%Q) in *.
  assert (U : 0 <= Q2R u <= Q2R k - Q2R b) by (unfold u; destruct at_right; to_R; lra).
  pose proof (polynomial_slope (derivative p) (Q2R k - Q2R b) L' (Q2R u)) as B.
  apply Rle_trans with (Rabs (poly (second p) (Q2R u))).
  - pose proof (iabs_in _ _ (point_in (qpoly (second p) u))) as A. unfold within in A. rewrite qpoly_R in A.
    apply qeq_R in S. rewrite <- S. unfold iabs, point in *. cbn [fst snd] in *.
    destruct (qle 0 (qpoly (second p) u)) eqn:Q0; [|destruct (qle (qpoly (second p) u) 0) eqn:Q1]; cbn [fst snd iopp] in *; try lra.
    bools. lra.
  - apply B; [lra|auto|]. intros x y X Y. rewrite <- (G x X), <- (G y Y). replace (x - y) with (Q2R b + x - (Q2R b + y)) by ring.
    apply K.
Qed.
