(* ======================================================================== *)
(* Polynomials with rational coefficients, and where they are not negative   *)
(* ======================================================================== *)

(* The polynomial with the coefficients p, from the lowest on, at t. *)
Fixpoint poly (p : list Q) (t : R) : R := match p with nil => 0 | a :: q => Q2R a + t * poly q t end.

Fixpoint padd (p q : list Q) : list Q := match p, q with
  | nil, _ => q | _, nil => p | a :: p', b :: q' => qadd a b :: padd p' q'
  end.
Definition pscale (c : Q) (p : list Q) : list Q := map (qmul c) p.
Fixpoint derivative (p : list Q) : list Q := match p with nil => nil | a :: q => padd q (0%Q :: derivative q) end.
(* p(t + s), p(-t), the value at a rational point. *)
Fixpoint pshift (p : list Q) (s : Q) : list Q :=
  match p with nil => nil | a :: q => padd [a] (padd (pscale s (pshift q s)) (0%Q :: pshift q s)) end.
Fixpoint pmirror (p : list Q) : list Q := match p with nil => nil | a :: q => a :: pscale (-1) (pmirror q) end.
Fixpoint qpoly (p : list Q) (x : Q) : Q := match p with nil => 0%Q | a :: q => qadd a (qmul x (qpoly q x)) end.

Lemma padd_R : forall p q t, poly (padd p q) t = poly p t + poly q t.
Proof. induction p; intros [|b q] t; cbn; try lra. to_R. rewrite IHp. ring. Qed.
Lemma pscale_R : forall c p t, poly (pscale c p) t = Q2R c * poly p t.
Proof. induction p; intro t; cbn; [ring|]. to_R. fold (pscale c p). rewrite IHp. ring. Qed.
Lemma pshift_R : forall p s t, poly (pshift p s) t = poly p (t + Q2R s).
Proof.
  induction p; intros s t; cbn [pshift poly]; [reflexivity|].
  rewrite !padd_R. cbn [poly]. rewrite pscale_R, !IHp, zero_R. ring.
Qed.
Lemma pmirror_R : forall p t, poly (pmirror p) t = poly p (- t).
Proof. induction p; intro t; cbn; [reflexivity|]. rewrite pscale_R, IHp, (int_R (-1)). ring. Qed.
Lemma qpoly_R : forall p x, Q2R (qpoly p x) = poly p (Q2R x).
Proof. induction p; intro x; cbn; [apply zero_R|]. to_R. rewrite IHp. ring. Qed.

Lemma poly_derivable : forall p t, derivable_pt_lim (poly p) t (poly (derivative p) t).
Proof.
  induction p; intro t; cbn [poly derivative].
  - apply derivable_pt_lim_const.
  - rewrite padd_R. cbn [poly]. rewrite zero_R.
    replace (poly p t + (0 + t * poly (derivative p) t)) with (0 + (1 * poly p t + t * poly (derivative p) t)) by ring.
    apply derivable_pt_lim_plus; [apply derivable_pt_lim_const|].
    apply (derivable_pt_lim_mult id (poly p)); [apply derivable_pt_lim_id|auto].
Qed.
Lemma shifted_derivable : forall f b t l, derivable_pt_lim f (t - b) l -> derivable_pt_lim (fun u => f (u - b)) t l.
Proof.
  intros f b t l H eps E. destruct (H eps E) as [d D]. exists d. intros h N B.
  replace (t + h - b) with (t - b + h) by ring. auto.
Qed.

(* 0 <= p on [0, h]: by Horner's rule, as a quadratic with no root, as a concave one, or after halving. *)
Fixpoint horner_low (p : list Q) (h : Q) : Q :=
  match p with nil => 0%Q | a :: q => qadd a (qmin 0 (qmul h (horner_low q h))) end.
Definition no_root (p : list Q) : bool := match p with
  | [a; b; c] => (qle 0 a && qle 0 c && qle (qmul b b) (qmul (qmul 4 a) c))%bool | _ => false
  end.
Definition concave (p : list Q) (h : Q) : bool := match p with
  | [a; b; c] => (qle 0 a && qle c 0 && qle 0 (qpoly p h))%bool | _ => false
  end.
Definition quick (p : list Q) (h : Q) : bool := (qle 0 (horner_low p h) || no_root p || concave p h)%bool.
Fixpoint nonneg (n : nat) (p : list Q) (h : Q) : bool :=
  if (quick p h || quick (pmirror (pshift p h)) h)%bool then true else match n with
  | O => false
  | S n => let half := qmul (1 # 2) h in if nonneg n p half then nonneg n (pshift p half) half else false
  end.
(* 0 <= p on [0, oo). *)
Definition nonneg_ray (p : list Q) : bool := (forallb (qle 0) p || no_root p)%bool.

Lemma horner_low_R : forall p h t, 0 <= t <= Q2R h -> Q2R (horner_low p h) <= poly p t.
Proof.
  induction p; intros h t H; cbn; to_R; [lra|]. specialize (IHp h t H).
  assert (Rmin 0 (Q2R h * Q2R (horner_low p h)) <= t * poly p t); [|lra].
  set (l := Q2R (horner_low p h)) in *. clearbody l.
  assert (t * l <= t * poly p t) by (apply Rmult_le_compat_l; lra).
  destruct (Rle_dec 0 l).
  - assert (0 <= t * l) by (apply Rmult_le_pos; lra). minmax; lra.
  - assert (Q2R h * l <= t * l) by (destruct (mono t (Q2R h) l); lra). minmax; lra.
Qed.
Lemma no_root_R : forall p t, no_root p = true -> 0 <= poly p t.
Proof.
  intros [|a [|b [|c [|]]]] t H; try discriminate. cbn in H |- *. bools. to_R.
  rewrite (int_R 4) in *.
  destruct (Req_dec (Q2R c) 0) as [Z|Z].
  - rewrite Z in *. assert (B : Q2R b = 0) by nra. rewrite B. lra.
  - assert (0 < Q2R c) by lra. apply Rmult_le_reg_l with (4 * Q2R c); [lra|].
    pose proof (Rle_0_sqr (2 * Q2R c * t + Q2R b)). unfold Rsqr in *. lra.
Qed.
Lemma quick_R : forall p h t, quick p h = true -> 0 <= t <= Q2R h -> 0 <= poly p t.
Proof.
  unfold quick. intros p h t H T. apply orb_true_iff in H. destruct H as [H|H]; [apply orb_true_iff in H; destruct H as [H|H]|].
  - bools. rewrite zero_R in H. pose proof (horner_low_R p h t T). lra.
  - apply no_root_R. auto.
  - destruct p as [|a [|b [|c [|]]]]; try discriminate. cbn in H |- *. bools. to_R.
    destruct (Req_dec (Q2R h) 0) as [Z|Z]; [replace t with 0 by lra; rewrite Rmult_0_l; lra|].
    apply Rmult_le_reg_l with (Q2R h); [lra|].
    assert (0 <= (Q2R h - t) * Q2R a) by (apply Rmult_le_pos; lra).
    assert (0 <= t * (Q2R a + Q2R h * (Q2R b + Q2R h * (Q2R c + Q2R h * 0)))) by (apply Rmult_le_pos; lra).
    assert (0 <= - Q2R c * (Q2R h * t * (Q2R h - t))) by (apply Rmult_le_pos; [|apply Rmult_le_pos; [apply Rmult_le_pos|]]; lra).
    lra.
Qed.
Lemma nonneg_R : forall n p h t, nonneg n p h = true -> 0 <= t <= Q2R h -> 0 <= poly p t.
Proof.
  assert (flip : forall p h t, quick (pmirror (pshift p h)) h = true -> 0 <= t <= Q2R h -> 0 <= poly p t).
  { intros p h t H T. pose proof (quick_R _ _ (Q2R h - t) H) as P. rewrite pmirror_R, pshift_R in P.
    replace (- (Q2R h - t) + Q2R h) with t in P by ring. apply P. lra. }
  induction n; intros p h t H T; cbn [nonneg] in H; (destruct (quick p h || quick (pmirror (pshift p h)) h)%bool eqn:E1;
    [clear H; apply orb_true_iff in E1; destruct E1 as [H|H]; eauto using quick_R|]); [discriminate|].
  set (half := qmul (1 # 2) h) in *.
  assert (E : Q2R half = Q2R h / 2) by (unfold half; to_R; unfold Q2R; cbn; lra).
  cbv zeta in H. fold half in H. destruct (nonneg n p half) eqn:A; [|discriminate]. rename H into B.
  destruct (Rle_dec t (Q2R half)).
  - apply IHn with half; auto. lra.
  - replace t with (t - Q2R half + Q2R half) by ring. rewrite <- pshift_R. apply IHn with half; auto. lra.
Qed.
Lemma nonneg_ray_R : forall p t, nonneg_ray p = true -> 0 <= t -> 0 <= poly p t.
Proof.
  unfold nonneg_ray. intros p t H T. apply orb_true_iff in H. destruct H as [H|H]; [|apply no_root_R; auto].
  induction p; cbn in *; [lra|]. apply andb_true_iff in H. destruct H as [A B]. bools. rewrite zero_R in A.
  specialize (IHp B). nra.
Qed.

(* lo <= p <= hi on [0, h], and on [0, oo). *)
(* How often an interval may be halved: a number where a file is checked, and any number in the proofs. *)
Section Checks.
Context (halvings : nat).
Definition above (v : Q) (p : list Q) (h : Q) : bool := nonneg halvings (padd p [qsub 0 v]) h.
Definition above_ray (v : Q) (p : list Q) : bool := nonneg_ray (padd p [qsub 0 v]).
Arguments nonneg : simpl never.
Arguments above : simpl never.
Arguments above_ray : simpl never.
Lemma above_R : forall v p h t, above v p h = true -> 0 <= t <= Q2R h -> Q2R v <= poly p t.
Proof.
  unfold above. intros v p h t H T. apply nonneg_R with (t := t) in H; auto. rewrite padd_R in H. cbn in H. to_R. lra.
Qed.
Lemma above_ray_R : forall v p t, above_ray v p = true -> 0 <= t -> Q2R v <= poly p t.
Proof.
  unfold above_ray. intros v p t H T. apply nonneg_ray_R with (t := t) in H; auto. rewrite padd_R in H. cbn in H. to_R. lra.
Qed.

(* The values on an interval, by Horner's rule. *)
Fixpoint horner (p : list Q) (i : itv) : itv :=
  match p with nil => point 0 | [a] => point a | a :: q => iadd (point a) (imul i (horner q i)) end.
Lemma horner_R : forall p i t, within i t -> within (horner p i) (poly p t).
Proof.
  induction p as [|a [|b p] IH]; intros i t H.
  - cbn. rewrite <- zero_R. apply point_in.
  - cbn. rewrite Rmult_0_r, Rplus_0_r. apply point_in.
  - change (within (iadd (point a) (imul i (horner (b :: p) i))) (Q2R a + t * poly (b :: p) t)).
    apply iadd_in; [apply point_in|]. apply imul_in; auto.
Qed.
